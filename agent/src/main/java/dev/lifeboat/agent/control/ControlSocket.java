package dev.lifeboat.agent.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.lifeboat.agent.settings.StateDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests on a Unix domain socket that only its owner may open, each connection on a
 * virtual thread of its own. A line is 64 KiB at most. Thread-safe; closing interrupts answers
 * under way, waits for them, and removes the socket.
 */
public final class ControlSocket implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectReader REQUESTS =
      JSON.readerFor(Request.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String NO_REQUEST = "this is no request";
  private static final int MOST = 64 * 1024;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Path path;
  private final ServerSocketChannel server;
  private final Function<Request, Answer> answers;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("control-", 0).factory());

  private ControlSocket(Path path, ServerSocketChannel server, Function<Request, Answer> answers) {
    this.path = path;
    this.server = server;
    this.answers = answers;
  }

  /** Listens in the state directory; whoever holds its lock may replace a dead agent's socket. */
  public static ControlSocket open(Path stateDirectory, Function<Request, Answer> answers)
      throws IOException {
    Path path = StateDirectory.control(stateDirectory);
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    ControlSocket socket = new ControlSocket(path, server, answers);
    socket.threads.execute(socket::accept);
    return socket;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        threads.execute(() -> serve(channel));
      } catch (ClosedChannelException | RejectedExecutionException e) {
        return;
      } catch (IOException e) {
        LOG.warn("a request could not be taken: {}", e.getMessage());
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      Answer answer = answer(readLine(channel));
      // An answer that was broken off by the end of the agent still goes out.
      Thread.interrupted();
      write(channel, JSON.writeValueAsString(answer));
    } catch (IOException e) {
      LOG.debug("a request was broken off: {}", e.getMessage());
    }
  }

  private Answer answer(String line) {
    try {
      Request request = REQUESTS.readValue(line);
      return request == null ? Answer.failed(NO_REQUEST) : answers.apply(request);
    } catch (JsonProcessingException e) {
      return Answer.failed(NO_REQUEST);
    } catch (RuntimeException e) {
      LOG.error("a request could not be answered", e);
      return Answer.failed("the agent could not answer, its log says why");
    }
  }

  /**
   * Asks the agent that runs with a state directory.
   *
   * @throws IOException if none runs, it ended meanwhile, or it does not answer in time
   */
  public static Answer ask(Path stateDirectory, Request request) throws IOException {
    var address = UnixDomainSocketAddress.of(StateDirectory.control(stateDirectory));
    Duration limit = Duration.ofMillis(request.patienceMillis()).plus(GRACE);
    try (SocketChannel channel = SocketChannel.open(address)) {
      CompletableFuture<Void> timer =
          CompletableFuture.runAsync(() -> close(channel), after(limit));
      write(channel, JSON.writeValueAsString(request));
      String line = readLine(channel);
      timer.cancel(false);
      return JSON.readValue(line, Answer.class);
    } catch (AsynchronousCloseException e) {
      throw new IOException(
          "the agent in %s did not answer within %d s: it hangs or is stopped, its log may say why"
              .formatted(stateDirectory, limit.toSeconds()),
          e);
    } catch (JsonProcessingException e) {
      throw new IOException("the agent ended before it had answered", e);
    } catch (IOException e) {
      throw new IOException(
          "no agent answers in " + stateDirectory + ": start it by `lifeboat-agent run`", e);
    }
  }

  private static Executor after(Duration time) {
    return CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("the connection could not be closed: {}", e.getMessage());
    }
  }

  private static void write(SocketChannel channel, String line) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String readLine(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      if (bytes.position() > 0 && bytes.get(bytes.position() - 1) == '\n') {
        break;
      }
    }
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("an answer did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(path);
  }
}
