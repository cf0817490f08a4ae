package dev.lifeboat.operator.vaults;

/** A policy's vault cannot be opened before somebody mends what the message names. */
public final class VaultMisconfiguredException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public VaultMisconfiguredException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** A condition's reason. */
  public String reason() {
    return reason;
  }
}
