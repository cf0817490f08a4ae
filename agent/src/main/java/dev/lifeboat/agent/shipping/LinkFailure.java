package dev.lifeboat.agent.shipping;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.Locale;

/** Why a link broke, in words that say what to do. */
final class LinkFailure {
  private static final String NOT_OF_THE_AUTHORITY =
      "the server's certificate is not of the authority in ca.crt: check address and identity";
  private static final String ISSUE_OURS =
      ": issue a new identity by the server's authority (lifeboat-replicator ca machine)";

  private LinkFailure() {}

  /** Of what the channel says; most of it is wrapped in what it happened in. */
  static String explain(Throwable thrown) {
    Throwable root = thrown;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      root = cause;
      String known = ofServer(cause);
      if (!known.isEmpty()) {
        return known;
      }
    }
    String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return ofAlert(text);
  }

  /** What is wrong with the server's certificate. */
  private static String ofServer(Throwable cause) {
    return switch (cause) {
      case CertificateExpiredException _ ->
          "the server's certificate expired: issue it a new one (lifeboat-replicator ca server)";
      case CertificateNotYetValidException _ ->
          "the server's certificate does not hold yet: check the clocks of both";
      case CertPathBuilderException _ -> NOT_OF_THE_AUTHORITY;
      case CertPathValidatorException e when e.getReason() == PKIXReason.NO_TRUST_ANCHOR ->
          NOT_OF_THE_AUTHORITY;
      case CertificateException e when e.getMessage() != null && e.getMessage().startsWith("No ") ->
          "the server's certificate does not name it: issue it by --host (" + e.getMessage() + ")";
      default -> "";
    };
  }

  /** What the server says is wrong with our certificate, by the alerts of RFC 8446. */
  private static String ofAlert(String text) {
    String alert = text.toUpperCase(Locale.ROOT);
    if (!alert.contains("ALERT")) {
      return text;
    }
    if (alert.contains("CERTIFICATE_EXPIRED")) {
      return "the server says that this machine's certificate expired" + ISSUE_OURS;
    }
    if (alert.contains("UNKNOWN_CA") || alert.contains("CERTIFICATE")) {
      return "the server does not take this machine's certificate" + ISSUE_OURS;
    }
    return text;
  }
}
