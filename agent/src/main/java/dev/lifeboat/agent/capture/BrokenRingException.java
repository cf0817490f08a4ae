package dev.lifeboat.agent.capture;

/** The ring holds what our programs never write: it is not read on. */
public final class BrokenRingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BrokenRingException(long position, String what) {
    super("the ring is broken at " + position + ": " + what + "; detach capture and start it anew");
  }
}
