package dev.lifeboat.vault.blob;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.function.Consumer;

/** A secret in a file, handed on when the file has changed. Thread-safe. */
final class SecretFile {

  private static final int LIMIT = 64 << 10;

  private final Path file;
  private FileTime readAt = FileTime.fromMillis(Long.MIN_VALUE);

  SecretFile(Path file) {
    this.file = file;
  }

  /** Hands the content on if it is new since the last call. */
  synchronized void refresh(Consumer<String> changed) throws BlobException {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      if (modified.equals(readAt)) {
        return;
      }
      changed.accept(read());
      readAt = modified;
    } catch (IOException e) {
      throw unreadable(e.getClass().getSimpleName());
    }
  }

  String read() throws BlobException {
    try {
      if (Files.size(file) > LIMIT) {
        throw unreadable("larger than 64 KiB");
      }
      String text = Files.readString(file, StandardCharsets.UTF_8).strip();
      if (text.isEmpty()) {
        throw unreadable("empty");
      }
      return text;
    } catch (BlobException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(e.getClass().getSimpleName());
    }
  }

  private BlobException unreadable(String why) {
    return new BlobException(
        BlobException.Reason.CREDENTIAL,
        "the credential file " + file + " cannot be used (" + why + "): check path and rights");
  }
}
