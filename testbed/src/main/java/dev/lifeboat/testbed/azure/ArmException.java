package dev.lifeboat.testbed.azure;

/** A call is refused: with the status, the code and the message that Azure gives. */
final class ArmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  ArmException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  static ArmException invalidParameter(String message) {
    return new ArmException(400, "InvalidParameter", message);
  }

  static ArmException notAllowed(String message) {
    return new ArmException(409, "OperationNotAllowed", message);
  }

  static ArmException changeNotAllowed(String property) {
    return new ArmException(
        409, "PropertyChangeNotAllowed", "Changing property '" + property + "' is not allowed.");
  }

  /** What the compute service says when two calls for one resource meet. */
  static ArmException concurrent() {
    return new ArmException(
        409,
        "Conflict",
        "The request failed due to conflict with a concurrent request. To resolve it, please refer"
            + " to https://aka.ms/activitylog to get more details on the conflicting requests.");
  }

  static ArmException notImplemented(String what) {
    return new ArmException(
        501, "NotImplemented", "The testbed's Resource Manager does not implement " + what + ".");
  }
}
