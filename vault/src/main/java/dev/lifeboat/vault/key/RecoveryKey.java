package dev.lifeboat.vault.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that opens everything when nothing but the vault is left: 256 random bits in a file, and
 * on paper. Its text is 64 hexadecimal digits and four more that catch a slip of the pen. Nothing
 * of it is ever in {@link #toString}.
 */
public final class RecoveryKey {

  static final int BYTES = 32;

  private static final HexFormat HEX = HexFormat.of();
  private static final String ALGORITHM = "AES/KW/NoPadding";
  private static final int TEXT_LIMIT = 4096;

  private final byte[] key;

  private RecoveryKey(byte[] key) {
    this.key = key;
  }

  public static RecoveryKey generate() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new RecoveryKey(key);
  }

  /** Reads the text that {@link #text} gave; blanks and dashes do not count. */
  public static RecoveryKey parse(String text) throws KeyException {
    String digits = text.replaceAll("[\\s-]", "").toLowerCase(Locale.ROOT);
    byte[] bytes;
    try {
      bytes = HEX.parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw new KeyException("this is no recovery key: it must be 68 hexadecimal digits");
    }
    if (bytes.length != BYTES + 2) {
      throw new KeyException("this is no recovery key: it must be 68 hexadecimal digits");
    }
    RecoveryKey key = new RecoveryKey(Arrays.copyOf(bytes, BYTES));
    if (!MessageDigest.isEqual(check(key.key), Arrays.copyOfRange(bytes, BYTES, BYTES + 2))) {
      throw new KeyException("the recovery key was mistyped: its last four digits do not fit");
    }
    return key;
  }

  public static RecoveryKey read(Path file) throws IOException {
    try {
      if (Files.size(file) > TEXT_LIMIT) {
        throw new KeyException(file + " is no recovery-key file: it is too long");
      }
      return parse(Files.readString(file, StandardCharsets.US_ASCII));
    } catch (NoSuchFileException e) {
      throw new KeyException("the recovery-key file " + file + " does not exist", e);
    } catch (KeyException e) {
      throw new KeyException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new KeyException(
          "the recovery-key file "
              + file
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "); check its rights",
          e);
    }
  }

  /** Writes a new file that its owner alone may read; never over another one. */
  public void write(Path file) throws IOException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Set<StandardOpenOption> fresh =
        EnumSet.of(
            StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    try (var channel = Files.newByteChannel(file, fresh, ownerOnly)) {
      var text = java.nio.ByteBuffer.wrap((text() + "\n").getBytes(StandardCharsets.US_ASCII));
      while (text.hasRemaining()) {
        channel.write(text);
      }
    } catch (FileAlreadyExistsException e) {
      throw new KeyException(file + " exists already; a recovery key is never written over", e);
    }
  }

  /** The key as people keep it. Show it once, log it never. */
  public String text() {
    String digits = HEX.formatHex(key) + HEX.formatHex(check(key));
    return String.join("-", digits.split("(?<=\\G.{4})", -1)).replaceAll("-$", "");
  }

  /** Names the key without giving anything of it away. */
  public String id() {
    return HEX.formatHex(digest("lifeboat recovery key id"), 0, 8);
  }

  /** Whether it is the same key. Takes the same time whatever the answer. */
  public boolean matches(RecoveryKey other) {
    return MessageDigest.isEqual(key, other.key);
  }

  byte[] wrap(byte[] dataKey) {
    try {
      Cipher cipher = Cipher.getInstance(ALGORITHM);
      cipher.init(Cipher.WRAP_MODE, new SecretKeySpec(key, "AES"));
      return cipher.wrap(new SecretKeySpec(dataKey, "AES"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks " + ALGORITHM, e);
    }
  }

  byte[] unwrap(byte[] wrapped) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(Cipher.UNWRAP_MODE, new SecretKeySpec(key, "AES"));
    return cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
  }

  private static byte[] check(byte[] key) {
    return Arrays.copyOf(new RecoveryKey(key).digest("lifeboat recovery key check"), 2);
  }

  private byte[] digest(String purpose) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(purpose.getBytes(StandardCharsets.US_ASCII));
      return sha.digest(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "recovery key " + id();
  }
}
