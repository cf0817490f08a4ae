package dev.lifeboat.wire.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys and certificates as PEM files. Nothing is overwritten, but by {@link #replace}. */
final class PemFiles {
  /** More than any identity needs; what is longer is not one. */
  private static final long MAX_SIZE = 1024 * 1024;

  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----(?<base64>[A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private PemFiles() {}

  static List<X509Certificate> readCertificates(Path file) throws IdentityException {
    return parseCertificates(file.toString(), new String(read(file), StandardCharsets.US_ASCII));
  }

  static List<X509Certificate> parseCertificates(String file, String text)
      throws IdentityException {
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new IdentityException(file + " holds no certificate; put a PEM certificate there");
      }
      return certificates;
    } catch (CertificateException e) {
      throw new IdentityException(file + " is no PEM certificate; issue it again", e);
    }
  }

  static PrivateKey readKey(Path file) throws IdentityException {
    return parseKey(file.toString(), new String(read(file), StandardCharsets.US_ASCII));
  }

  /** A key as this class writes it, PKCS#8; of what kind it is stands in it, so each is tried. */
  static PrivateKey parseKey(String file, String text) throws IdentityException {
    Matcher pem = KEY.matcher(text);
    if (!pem.find()) {
      throw new IdentityException(
          file + " holds no unencrypted private key; put one in PEM (PKCS#8) there");
    }
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group("base64"));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        // The cause may quote the key: it goes nowhere.
      }
    }
    throw new IdentityException(file + " is no PEM private key; issue the identity again");
  }

  private static byte[] read(Path file) throws IdentityException {
    try {
      if (Files.size(file) > MAX_SIZE) {
        throw new IdentityException(file + " is too long to be a PEM file; check the path");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IdentityException(
          file + " does not exist; issue an identity or correct the path", e);
    } catch (IOException e) {
      throw new IdentityException(
          file + " cannot be read (" + e.getClass().getSimpleName() + "); check its permissions",
          e);
    }
  }

  static String certificates(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate certificate : certificates) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate cannot be encoded", e);
    }
    return text.toString();
  }

  static String key(PrivateKey key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  static String pem(String label, byte[] encoded) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, LINES.encodeToString(encoded), label);
  }

  /** Refuses before anything is written if one of the files is there. */
  static void requireAbsent(Path directory, List<String> names) throws IdentityException {
    for (String name : names) {
      if (Files.exists(directory.resolve(name))) {
        throw new IdentityException(
            directory.resolve(name) + " exists and is not overwritten; move it away first");
      }
    }
  }

  static void writeNew(Path file, String permissions, String text) throws IdentityException {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (FileChannel channel = FileChannel.open(file, options, mode)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
    } catch (IOException e) {
      throw new IdentityException(
          file + " cannot be created (" + e.getMessage() + "); check directory and space", e);
    }
  }

  /** Writes a file that everybody may read; whoever reads it finds the old one or the new one. */
  static void replace(Path file, String text) throws IdentityException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      writeNew(fresh, "rw-r--r--", text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncDirectory(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new IdentityException(
          file + " cannot be replaced (" + e.getMessage() + "); check directory and space", e);
    }
  }

  /** Behind this, what was renamed in the directory is so after a power cut too. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
