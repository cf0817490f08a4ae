package dev.lifeboat.wire.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * One file of fixed length, used again and again. Written past the page cache, so that the writes
 * are those of the calling thread.
 */
final class SegmentFile implements Closeable {
  private static final int ZERO_CHUNK = 1 << 20;

  private final Path path;
  private final FileChannel channel;

  private SegmentFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Makes a file of zeros that are really there: overwriting it later changes no metadata. */
  static SegmentFile create(Path path, int bytes) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var options =
        Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            DirectIo.DIRECT);
    FileChannel channel = FileChannel.open(path, options, owner);
    try {
      ByteBuffer zeros = Blocks.buffer(Math.min(bytes, ZERO_CHUNK));
      for (int done = 0; done < bytes; done += zeros.limit()) {
        zeros.clear().limit(Math.min(zeros.capacity(), bytes - done));
        Blocks.write(channel, zeros, done);
      }
      channel.force(true);
      try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent())) {
        directory.force(true);
      }
      return new SegmentFile(path, channel);
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(path);
      throw e;
    }
  }

  static SegmentFile open(Path path) throws IOException {
    return new SegmentFile(
        path,
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, DirectIo.DIRECT));
  }

  void write(ByteBuffer blocks, long offset) throws IOException {
    Blocks.write(channel, blocks, offset);
  }

  void read(ByteBuffer blocks, long offset) throws IOException {
    Blocks.read(channel, blocks, offset);
  }

  /** Closes and deletes it. */
  void delete() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
