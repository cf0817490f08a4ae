package dev.lifeboat.agent.kernel;

import java.io.IOException;

/** A system call failed. The message says what was tried and, where it is known, what to do. */
public final class KernelException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  KernelException(String what, int errno) {
    super(what + ": " + Errno.explain(errno));
    this.errno = errno;
  }

  /** The error number of Linux. */
  public int errno() {
    return errno;
  }
}
