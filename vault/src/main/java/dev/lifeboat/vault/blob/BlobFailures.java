package dev.lifeboat.vault.blob;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import dev.lifeboat.vault.blob.BlobException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/** Turns what the SDK throws into one sentence that says what is wrong and what to do. */
final class BlobFailures {

  /** A call of the SDK. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws IOException;
  }

  /** Codes that Azure also gives with other statuses, such as 400 for a token without a sense. */
  private static final Set<BlobErrorCode> CREDENTIAL =
      Set.of(BlobErrorCode.AUTHENTICATION_FAILED, BlobErrorCode.INVALID_AUTHENTICATION_INFO);

  private BlobFailures() {}

  static <T> T translating(String location, String what, Call<T> call) throws IOException {
    String context = "cannot " + what + " in " + location + ": ";
    try {
      return call.run();
    } catch (BlobStorageException e) {
      throw answered(context, e);
    } catch (ClientAuthenticationException e) {
      throw new BlobException(
          Reason.CREDENTIAL, context + "no token could be had; check the identity in use", e);
    } catch (RuntimeException | IOException e) {
      throw unanswered(context, e);
    }
  }

  private static BlobException answered(String context, BlobStorageException e) {
    int status = e.getStatusCode();
    BlobErrorCode code = e.getErrorCode();
    if (status == 401 || status == 403 || (code != null && CREDENTIAL.contains(code))) {
      return new BlobException(
          Reason.CREDENTIAL,
          context
              + "the credential is wrong, expired or lacks the right ("
              + status
              + name(code)
              + "); renew it or grant it",
          e);
    }
    if (BlobErrorCode.CONTAINER_NOT_FOUND.equals(code)) {
      return new BlobException(
          Reason.CONTAINER,
          context + "the container does not exist; make it with `lifeboat-vault init`",
          e);
    }
    if (status == 429 || status == 408 || status >= 500) {
      return new BlobException(
          Reason.BUSY, context + "the service answered " + status + name(code), e);
    }
    if (BlobErrorCode.CONTAINER_BEING_DELETED.equals(code)) {
      return new BlobException(
          Reason.CONTAINER, context + "the container is being deleted; choose another name", e);
    }
    return new BlobException(
        Reason.REFUSED, context + "the service refused it (" + status + name(code) + ")", e);
  }

  private static String name(BlobErrorCode code) {
    return code == null ? "" : " " + code;
  }

  private static IOException unanswered(String context, Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      switch (t) {
        case SSLHandshakeException _ -> {
          return new BlobException(
              Reason.CERTIFICATE,
              context + "its certificate is not trusted here; name its authority in azure.caFile",
              e);
        }
        case UnknownHostException _, ConnectException _ -> {
          return new BlobException(
              Reason.UNREACHABLE,
              context + "it cannot be reached; check azure.endpoint and the network",
              e);
        }
        case BlobException known -> {
          return known;
        }
        case InterruptedException _ -> {
          Thread.currentThread().interrupt();
          InterruptedIOException interrupted = new InterruptedIOException(context + "interrupted");
          interrupted.initCause(e);
          return interrupted;
        }
        case IOException _, TimeoutException _ -> {
          return new BlobException(
              Reason.UNREACHABLE, context + "no whole answer came (" + describe(t) + ")", e);
        }
        default -> {}
      }
    }
    if (e instanceof IllegalArgumentException) {
      // What the SDK refuses to send; its own text might quote the credential.
      return new BlobException(
          Reason.REFUSED,
          context
              + "the request cannot be made so; a token needs an https:// endpoint, a key must be"
              + " base64, and the endpoint an account's address",
          e);
    }
    if (e instanceof RuntimeException r) {
      throw r;
    }
    return new BlobException(Reason.REFUSED, context + describe(e), e);
  }

  private static String describe(Throwable t) {
    String text = t.getMessage();
    return t.getClass().getSimpleName()
        + (text == null ? "" : ": " + text.lines().findFirst().orElse(""));
  }
}
