package dev.lifeboat.replicator.processserver.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The key of a cache volume: 32 random bytes in a file of its own, outside the volume, so that a
 * cache disk that is lost or sold tells nothing. Each cache file derives a key of its own from it.
 * Immutable; never printed.
 */
public final class VolumeKey {
  private static final int BYTES = 32;
  private static final int FILE_LIMIT = 1024;
  private static final byte[] INFO = "lifeboat cache".getBytes(StandardCharsets.US_ASCII);

  /** The group may read: that is how Kubernetes mounts a Secret for a program without root. */
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final byte[] key;

  private VolumeKey(byte[] key) {
    this.key = key;
  }

  /** A key from raw bytes, for tests and tools. */
  static VolumeKey of(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException("a volume key has " + BYTES + " bytes");
    }
    return new VolumeKey(key.clone());
  }

  /**
   * Reads the key file, or makes it (mode 0600) if there is none.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  public static VolumeKey loadOrCreate(Path file) throws IOException {
    if (!Files.exists(file)) {
      try {
        return create(file);
      } catch (FileAlreadyExistsException raced) {
        return load(file);
      }
    }
    return load(file);
  }

  /** Writes it beside and moves it: a key file is whole or not there, whenever we are killed. */
  private static VolumeKey create(Path file) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    byte[] text =
        (Base64.getEncoder().encodeToString(key) + "\n").getBytes(StandardCharsets.US_ASCII);
    Path home = file.toAbsolutePath().getParent();
    Path made = Files.createTempFile(home, file.getFileName().toString(), ".new", OWNER_ONLY);
    try {
      write(made, text);
      Files.move(made, file);
    } finally {
      Files.deleteIfExists(made);
    }
    Directories.sync(home);
    return new VolumeKey(key);
  }

  private static void write(Path file, byte[] text) throws IOException {
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  private static VolumeKey load(Path file) throws IOException {
    if (Files.size(file) > FILE_LIMIT) {
      throw new IOException(file + " is no volume key: it is too long");
    }
    for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
      if (OTHERS.contains(permission)) {
        throw new IOException(file + " is open to others: chmod 640 it");
      }
    }
    try {
      byte[] key =
          Base64.getDecoder().decode(Files.readString(file, StandardCharsets.US_ASCII).strip());
      if (key.length == BYTES) {
        return new VolumeKey(key);
      }
    } catch (IllegalArgumentException notBase64) {
      throw new IOException(file + " is no volume key: 32 bytes in base64 are wanted");
    }
    throw new IOException(file + " is no volume key: 32 bytes in base64 are wanted");
  }

  /** The key of one cache file. */
  SecretKey fileKey(byte[] salt) {
    try {
      HKDFParameterSpec spec =
          HKDFParameterSpec.ofExtract().addIKM(key).addSalt(salt).thenExpand(INFO, 32);
      return KDF.getInstance("HKDF-SHA256").deriveKey("AES", spec);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HKDF-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "VolumeKey[hidden]";
  }
}
