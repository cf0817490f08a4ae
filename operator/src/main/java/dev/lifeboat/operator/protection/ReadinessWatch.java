package dev.lifeboat.operator.protection;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.Clouds;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Readiness.Check;
import dev.lifeboat.operator.cloud.Replica;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks clouds from time to time whether machines could come up. Whoever wants to know gets what was
 * found last, and waits for nothing. Thread-safe.
 */
public final class ReadinessWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ReadinessWatch.class);

  /** Quotas and addresses move slowly, and every look costs a handful of calls. */
  static final Duration EVERY = Duration.ofMinutes(5);

  /** While something is not in order, somebody may be mending it. */
  static final Duration EVERY_IN_TROUBLE = Duration.ofMinutes(1);

  private record Question(Replica replica, int disks, Optional<String> testSubnet) {}

  private record Answer(Question question, Instant asked, Optional<Readiness> found) {}

  private final Clouds clouds;
  private final Executor executor;
  private final Clock clock;
  private final Map<UUID, Answer> answers = new HashMap<>();

  /**
   * @param executor must not make its caller wait: a look takes seconds
   */
  public ReadinessWatch(Clouds clouds, Executor executor, Clock clock) {
    this.clouds = clouds;
    this.executor = executor;
    this.clock = clock;
  }

  /**
   * What was found last of this replica with so many disks, and of the subnet for its tests; empty
   * if nothing was found yet.
   */
  synchronized Optional<Readiness> of(
      ReplicationPolicy policy, Replica replica, int disks, Optional<String> testSubnet) {
    Question question = new Question(replica, disks, testSubnet);
    Answer last = answers.get(replica.machine());
    boolean same = last != null && last.question().equals(question);
    Optional<Readiness> found = same ? last.found() : Optional.empty();
    if (!same || !clock.instant().isBefore(last.asked().plus(interval(found)))) {
      answers.put(replica.machine(), new Answer(question, clock.instant(), found));
      executor.execute(() -> ask(policy, question));
    }
    return Optional.ofNullable(answers.get(replica.machine())).flatMap(Answer::found);
  }

  private static Duration interval(Optional<Readiness> found) {
    return found.filter(f -> f.worst().isEmpty()).isPresent() ? EVERY : EVERY_IN_TROUBLE;
  }

  private void ask(ReplicationPolicy policy, Question question) {
    try {
      keep(
          question,
          clouds.open(policy).check(question.replica(), question.disks(), question.testSubnet()));
    } catch (CloudException e) {
      keep(
          question,
          new Readiness(List.of(Check.bad("credential", e.reason().name(), e.getMessage()))));
    } catch (RuntimeException e) {
      LOG.warn("could not look whether {} could come up", question.replica().vmName(), e);
    }
  }

  /** Unless something else was asked, or the machine was forgotten, in between. */
  private synchronized void keep(Question question, Readiness found) {
    answers.computeIfPresent(
        question.replica().machine(),
        (_, last) ->
            last.question().equals(question)
                ? new Answer(question, last.asked(), Optional.of(found))
                : last);
  }

  synchronized void forget(UUID machine) {
    answers.remove(machine);
  }
}
