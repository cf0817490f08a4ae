package dev.lifeboat.vault.blob;

import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/** Trust in a certificate file, for clients of the tests' own. */
public final class TestTrust {

  private TestTrust() {}

  public static SSLContext of(Path pem) throws IOException {
    return TrustedCertificates.context(pem);
  }
}
