package dev.lifeboat.vault.blob;

import java.io.IOException;

/** A call to the blob service that did not succeed: what went wrong, and what to do about it. */
public final class BlobException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** No answer: not reachable, reset, timed out. Asking again may help. */
    UNREACHABLE(true),
    /** The service asks to come back later. */
    BUSY(true),
    /** The certificate of the service is not one that is trusted here. */
    CERTIFICATE(false),
    /** The credential is wrong, expired, or lacks the right for this call. */
    CREDENTIAL(false),
    /** The container does not exist. */
    CONTAINER(false),
    /** Anything else: the request itself was refused. */
    REFUSED(false);

    private final boolean worthRetrying;

    Reason(boolean worthRetrying) {
      this.worthRetrying = worthRetrying;
    }

    /** Whether the same call may succeed later. */
    public boolean worthRetrying() {
      return worthRetrying;
    }
  }

  private final Reason reason;

  public BlobException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public BlobException(Reason reason, String message) {
    this(reason, message, null);
  }

  public Reason reason() {
    return reason;
  }
}
