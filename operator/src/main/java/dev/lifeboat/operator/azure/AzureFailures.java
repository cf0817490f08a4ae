package dev.lifeboat.operator.azure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.management.exception.ManagementException;
import com.microsoft.aad.msal4j.MsalServiceException;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** Turns what the SDK throws into a reason and a remedy. */
final class AzureFailures {

  private static final int TEXT_LIMIT = 300;

  private static final Set<String> BUSY =
      Set.of("Conflict", "AnotherOperationInProgress", "OperationPreempted");

  private AzureFailures() {}

  static CloudException translated(String what, RuntimeException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      switch (t) {
        case MsalServiceException e when isForNow(e) -> {
          return noAnswer(what, failure, e);
        }
        case MsalServiceException e -> {
          return notTaken(what, e);
        }
        case ClientAuthenticationException e when !(rootOf(e) instanceof IOException) -> {
          return notTaken(what, e);
        }
        case HttpResponseException e when e.getResponse() != null -> {
          return answered(what, e);
        }
        default -> {}
      }
    }
    return noAnswer(what, failure, rootOf(failure));
  }

  private static boolean isForNow(MsalServiceException e) {
    return e.statusCode() != null && (e.statusCode() == 429 || e.statusCode() >= 500);
  }

  private static CloudException notTaken(String what, Exception e) {
    return new CloudException(
        Reason.CredentialRefused,
        "cannot "
            + what
            + ": Azure does not take the credential; renew it in the Secret of"
            + " target.credentialSecretRef, or the operator's own",
        e);
  }

  private static CloudException noAnswer(String what, Exception failure, Throwable why) {
    return new CloudException(
        Reason.Unreachable,
        "cannot "
            + what
            + ": Azure gave no answer ("
            + why.getClass().getSimpleName()
            + "); it is tried again by itself",
        failure);
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static CloudException answered(String what, HttpResponseException e) {
    int status = e.getResponse().getStatusCode();
    String code =
        e instanceof ManagementException m && m.getValue() != null ? m.getValue().getCode() : "";
    String text =
        e instanceof ManagementException m && m.getValue() != null
            ? String.valueOf(m.getValue().getMessage())
            : "status " + status;
    Reason reason = reason(status, code == null ? "" : code, text);
    return new CloudException(
        reason, "cannot " + what + ": " + remedy(reason) + " (" + code + ": " + cut(text) + ")", e);
  }

  private static Reason reason(int status, String code, String text) {
    String all = (code + " " + text).toLowerCase(Locale.ROOT);
    if (status == 401 || code.equals("InvalidAuthenticationToken")) {
      return Reason.CredentialRefused;
    }
    if (all.contains("quota")) {
      return Reason.QuotaExceeded;
    }
    if (all.contains("allocationfailed") || all.contains("skunotavailable")) {
      return Reason.NoCapacity;
    }
    if (all.contains("privateipaddressinuse")
        || all.contains("privateipaddressisallocated")
        || all.contains("ipaddressinuse")) {
      return Reason.AddressTaken;
    }
    if (status == 403) {
      return Reason.PermissionMissing;
    }
    if (status == 429) {
      return Reason.Throttled;
    }
    if (status == 409 && BUSY.contains(code)) {
      return Reason.Busy;
    }
    if (status >= 500 || status == 408 || code.equals("RetryableError")) {
      return Reason.Unreachable;
    }
    if (status == 404 || all.contains("notfound") || all.contains("invalidresourcereference")) {
      return Reason.NotFound;
    }
    return Reason.Refused;
  }

  private static String remedy(Reason reason) {
    return switch (reason) {
      case CredentialRefused -> "the credential is wrong or expired, renew it";
      case PermissionMissing -> "the identity lacks a right, grant it";
      case Throttled -> "Azure asks to come back later; it is tried again by itself";
      case Unreachable -> "Azure has a fault; it is tried again by itself";
      case Busy -> "another operation is under way; it is tried again by itself";
      case QuotaExceeded -> "the quota is used up, have it raised or choose a smaller size";
      case AddressTaken ->
          "the static address is in use, free it, change it, or set onIpConflict: NextFree";
      case NotFound -> "what it refers to does not exist, correct the target";
      case NameTaken -> "the name is taken, change target.vmName";
      case NoCapacity -> "the region has no room for this size, choose another";
      case Refused -> "Azure refused it";
    };
  }

  private static String cut(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= TEXT_LIMIT ? line : line.substring(0, TEXT_LIMIT) + "…";
  }
}
