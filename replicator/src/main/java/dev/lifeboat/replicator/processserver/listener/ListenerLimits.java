package dev.lifeboat.replicator.processserver.listener;

import java.time.Duration;

/**
 * The bounds of connections.
 *
 * @param connections at the same time; more are closed at once
 * @param patience for the handshake and for the HELLO, each
 * @param pingEvery between two PINGs
 * @param answerWithin how soon an older connection must answer when a newer one of its machine
 *     comes
 * @param silence without a message after which a peer counts as gone
 * @param credit the most bytes of one agent that may be under way
 */
public record ListenerLimits(
    int connections,
    Duration patience,
    Duration pingEvery,
    Duration answerWithin,
    Duration silence,
    long credit) {
  /** For slow guests on slow links. */
  public static final ListenerLimits STANDARD =
      new ListenerLimits(
          512,
          Duration.ofSeconds(45),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(90),
          16L << 20);
}
