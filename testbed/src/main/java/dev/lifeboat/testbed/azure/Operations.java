package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that take time: they are accepted, run on threads of their own, and are asked about until
 * they end. Thread-safe. Closing interrupts those under way.
 */
final class Operations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

  private static final Duration AT_ONCE = Duration.ofMillis(500);

  /** What an operation does; its result is what {@code Location} gives in the end. */
  @FunctionalInterface
  interface Work {
    JsonNode run() throws IOException;
  }

  /** One under way, or ended. */
  static final class Operation {
    private final String id = UUID.randomUUID().toString();
    private final Instant began;
    private final CompletableFuture<JsonNode> end = new CompletableFuture<>();

    private Operation(Instant began) {
      this.began = began;
    }

    boolean done() {
      return end.isDone();
    }

    /** Why it failed; empty as long as it has not. */
    Optional<ArmException> failure() {
      return end.isCompletedExceptionally()
          ? Optional.of((ArmException) end.exceptionNow())
          : Optional.empty();
    }
  }

  private final Clock clock;
  private final Duration time;
  private final int retryAfterSeconds;
  private final Faults faults;
  private final Map<String, Operation> all = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Every operation takes at least {@code time}; pollers are told to wait so many seconds. */
  Operations(Clock clock, Duration time, int retryAfterSeconds, Faults faults) {
    this.clock = clock;
    this.time = time;
    this.retryAfterSeconds = retryAfterSeconds;
    this.faults = faults;
  }

  /** Starts one, after another has ended in whatever way; {@code undo} runs when it fails. */
  Operation begin(String call, Optional<Operation> after, Work work, Runnable undo) {
    Operation operation = new Operation(clock.instant());
    all.put(operation.id, operation);
    CompletableFuture<?> before =
        after
            .<CompletableFuture<?>>map(o -> o.end.handle((_, _) -> 0))
            .orElseGet(() -> CompletableFuture.completedFuture(0));
    // It ends in the operation, whatever happens.
    CompletableFuture<Void> _ =
        before.thenRunAsync(
            () -> run(call, operation, work, undo),
            CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, threads));
    return operation;
  }

  private void run(String call, Operation operation, Work work, Runnable undo) {
    try {
      Optional<Fault.FailOperation> fault = faults.ofOperation(call);
      if (fault.isPresent()) {
        throw new ArmException(409, fault.get().code(), fault.get().message());
      }
      operation.end.complete(work.run());
    } catch (ArmException e) {
      undo.run();
      operation.end.completeExceptionally(e);
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} failed", call, e);
      undo.run();
      operation.end.completeExceptionally(
          new ArmException(500, "InternalExecutionError", "An internal error: " + e.getMessage()));
    }
  }

  /** Adds to an answer where the operation can be asked about. */
  Answer accepted(Answer answer, Call call, String namespace, Operation operation) {
    String where =
        "%s/subscriptions/%s/providers/%s/locations/testbed/"
            .formatted(call.base(), call.variable("subscription"), namespace);
    String version = "?api-version=" + call.query("api-version");
    return answer
        .header("Azure-AsyncOperation", where + "operations/" + operation.id + version)
        .header("Location", where + "operationResults/" + operation.id + version)
        .header("Retry-After", Integer.toString(retryAfterSeconds));
  }

  /**
   * Azure answers at once what takes no time. Here that is every operation that ends while a caller
   * would wait for an answer anyway, unless the site's operations are to take time.
   */
  Answer settled(Answer answer) {
    if (answer.pending().isEmpty() || !time.isZero()) {
      return answer;
    }
    Operation operation = answer.pending().get().operation();
    try {
      operation.end.get(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      // A failure is told by the operation, as it is when it takes time.
      return answer;
    } catch (TimeoutException e) {
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return answer;
    }
    return answer.pending().get().ended().get();
  }

  /** What an operation that succeeded gave. */
  static JsonNode result(Operation operation) {
    return operation.end.resultNow();
  }

  /** What {@code Azure-AsyncOperation} points to. */
  Answer state(Call call) {
    Operation operation = find(call);
    ObjectNode body = Json.object();
    body.put("name", operation.id).put("startTime", operation.began.toString());
    if (!operation.done()) {
      return Answer.ok(body.put("status", "InProgress"))
          .header("Retry-After", Integer.toString(retryAfterSeconds));
    }
    Optional<ArmException> failure = operation.failure();
    if (failure.isEmpty()) {
      return Answer.ok(body.put("status", "Succeeded"));
    }
    ArmException e = failure.get();
    body.put("status", "Failed").putObject("error").put("code", e.code()).put("message", text(e));
    return Answer.ok(body);
  }

  /** What {@code Location} points to. */
  Answer result(Call call) {
    Operation operation = find(call);
    if (!operation.done()) {
      return Answer.empty(202)
          .header(
              "Location", call.base() + call.path() + "?api-version=" + call.query("api-version"))
          .header("Retry-After", Integer.toString(retryAfterSeconds));
    }
    Optional<ArmException> failure = operation.failure();
    if (failure.isPresent()) {
      return Answer.error(failure.get().status(), failure.get().code(), text(failure.get()));
    }
    JsonNode result = operation.end.resultNow();
    return result.isMissingNode() ? Answer.empty(204) : Answer.ok(result);
  }

  static String text(ArmException e) {
    return e.getMessage() == null ? e.code() : e.getMessage();
  }

  private Operation find(Call call) {
    Operation operation = all.get(call.variable("operation"));
    if (operation == null) {
      throw new ArmException(404, "NotFound", "The entity was not found.");
    }
    return operation;
  }

  /** No result beyond success. */
  static JsonNode nothing() {
    return MissingNode.getInstance();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
