package dev.lifeboat.agent.kernel;

import java.io.IOException;

/** Another process holds what only one may hold. The message says who, and what to do. */
public final class HeldException extends IOException {
  private static final long serialVersionUID = 1L;

  HeldException(String message) {
    super(message);
  }
}
