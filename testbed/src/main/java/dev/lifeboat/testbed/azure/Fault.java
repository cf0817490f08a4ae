package dev.lifeboat.testbed.azure;

import java.time.Duration;

/** Trouble that a test orders for calls to the Resource Manager. */
public sealed interface Fault {

  /** Answered 429 with this Retry-After, and nothing is done. */
  record Throttle(int retryAfterSeconds) implements Fault {}

  /** Answered with this error, and nothing is done: 403 for rights, 409 for capacity, 500. */
  record Refuse(int status, String code, String message) implements Fault {}

  /** The call is accepted; the operation that it started fails. */
  record FailOperation(String code, String message) implements Fault {}

  /** The connection is cut before anything is done. */
  record CutBefore() implements Fault {}

  /** The call takes effect, and its answer is lost. */
  record CutAfter() implements Fault {}

  /** The call is held up, then done. */
  record Hold(Duration time) implements Fault {}
}
