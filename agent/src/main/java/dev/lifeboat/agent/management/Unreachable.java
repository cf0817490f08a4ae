package dev.lifeboat.agent.management;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;

/** Why the operator cannot be asked, in words that say what to look at. */
final class Unreachable {

  private Unreachable() {}

  static String explain(IOException thrown) {
    Throwable root = thrown;
    boolean connecting = false;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      root = cause;
      String known = known(cause);
      if (!known.isEmpty()) {
        return known;
      }
      connecting |= cause instanceof ConnectException;
    }
    if (connecting) {
      return "cannot be reached: nobody listens there, or the way to it is closed";
    }
    String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return "cannot be asked: " + text;
  }

  private static String known(Throwable cause) {
    return switch (cause) {
      case HttpTimeoutException _ -> "cannot be reached: it does not answer in time";
      case UnresolvedAddressException _ -> "cannot be reached: its name is not known here";
      case CertPathBuilderException _, CertPathValidatorException _ ->
          "its certificate is not of the authority that this machine was enrolled by";
      case CertificateException e when e.getMessage() != null && e.getMessage().startsWith("No ") ->
          "its certificate does not name this address (" + e.getMessage() + ")";
      default -> ofAlert(cause.getMessage());
    };
  }

  private static String ofAlert(String message) {
    String text = message == null ? "" : message.toLowerCase(Locale.ROOT);
    return text.contains("alert") && text.contains("certificate")
        ? "it does not take this machine's certificate: enrol the machine again"
        : "";
  }
}
