package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.wire.protocol.Refusal;

/** Why an agent is sent away; the message is for the agent and for the log, and holds no secret. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  public RefusedException(Refusal refusal, String message) {
    super(message);
    this.refusal = refusal;
  }

  public RefusedException(Refusal refusal, String message, Throwable cause) {
    super(message, cause);
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }
}
