package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.blob.VhdFooter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A sparse file, raw or with a fixed VHD's footer behind it. */
public final class FileTarget implements DiskTarget {

  /** What stands at the file's path before. */
  public enum Existing {
    /** Nothing may. */
    REFUSE,
    /** It is emptied. */
    REPLACE,
    /** It is gone on with. */
    RESUME
  }

  private final FileChannel channel;
  private final byte[] footer;
  private final long size;

  private FileTarget(FileChannel channel, long size, byte[] footer) {
    this.channel = channel;
    this.size = size;
    this.footer = footer;
  }

  /** A raw image of so many bytes. */
  public static FileTarget raw(Path file, long size, Existing existing) throws IOException {
    return open(file, size, new byte[0], existing);
  }

  /** A fixed VHD: whole MiB, then the footer of 512 bytes. */
  public static FileTarget vhd(Path file, long size, Existing existing) throws IOException {
    return open(file, VhdFooter.paddedSize(size), VhdFooter.of(size), existing);
  }

  private static FileTarget open(Path file, long size, byte[] footer, Existing existing)
      throws IOException {
    boolean there = Files.exists(file);
    if (there && !Files.isRegularFile(file)) {
      throw new TargetException(file + " is no file; a device is named by its path alone");
    }
    if (there && existing == Existing.REFUSE) {
      throw new TargetException(
          file + " exists; name another file, go on with it by --resume, or replace it by --force");
    }
    if (!there && existing == Existing.RESUME) {
      throw new TargetException(file + " does not exist: there is nothing to resume");
    }
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
      if (existing == Existing.REPLACE) {
        channel.truncate(0);
      }
      if (channel.size() < size) {
        channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
      }
      return new FileTarget(channel, size, footer);
    } catch (IOException e) {
      throw new TargetException(
          "cannot make " + file + " with " + size + " bytes: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean startsEmpty() {
    return true;
  }

  @Override
  public void write(long offset, byte[] from, int at, int length) throws IOException {
    writeFully(channel, offset, ByteBuffer.wrap(from, at, length));
  }

  static void writeFully(FileChannel channel, long offset, ByteBuffer bytes) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void zero(long offset, long length) {
    // A new file is zeros where it was not written.
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void finish() throws IOException {
    if (footer.length > 0) {
      writeFully(channel, size, ByteBuffer.wrap(footer));
    }
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
