package dev.lifeboat.operator.cloud;

/** The cloud said no. Says what to do; never holds a secret. */
public final class CloudException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, and whether waiting helps. */
  public enum Reason {
    /** The credential is wrong or expired: nothing can be undone before somebody renews it. */
    CredentialRefused(true),
    /** A right is missing. */
    PermissionMissing(true),
    /** Asked too often. */
    Throttled(true),
    /** No answer, or a failure of the service. */
    Unreachable(true),
    /** Something else is being done to the same resource. */
    Busy(true),
    /** Cores or addresses of the subscription are used up. */
    QuotaExceeded(false),
    /** The static address is in use. */
    AddressTaken(false),
    /** The network, subnet or size does not exist. */
    NotFound(false),
    /** Something of that name is there, and is not ours. */
    NameTaken(false),
    /** The cloud has no room at the moment. */
    NoCapacity(false),
    /** Anything else. */
    Refused(false);

    private final boolean waits;

    Reason(boolean waits) {
      this.waits = waits;
    }

    /** Whether the same call may succeed later, by itself or because somebody mends it. */
    public boolean waits() {
      return waits;
    }
  }

  private final Reason reason;

  public CloudException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public CloudException(Reason reason, String message) {
    this(reason, message, null);
  }

  public Reason reason() {
    return reason;
  }
}
