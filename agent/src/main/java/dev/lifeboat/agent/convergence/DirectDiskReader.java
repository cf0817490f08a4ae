package dev.lifeboat.agent.convergence;

import dev.lifeboat.agent.capture.CapturedDisk;
import dev.lifeboat.wire.journal.DirectIo;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads block devices by O_DIRECT: the page cache of a device is stale where a mounted file system
 * wrote. One aligned buffer, one open file per disk; whoever makes it closes it.
 */
public final class DirectDiskReader implements DiskReader {
  private static final int ALIGNMENT = 4096;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer;
  private final Map<Path, FileChannel> channels = new HashMap<>();

  /** A reader of at most {@code largest} bytes at once. */
  public DirectDiskReader(int largest) {
    buffer = arena.allocate(aligned(largest), ALIGNMENT);
  }

  private static long aligned(long length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  @Override
  public MemorySegment read(CapturedDisk disk, long offset, int length) throws IOException {
    FileChannel channel = channels.get(disk.device());
    if (channel == null) {
      channel = FileChannel.open(disk.device(), StandardOpenOption.READ, DirectIo.DIRECT);
      channels.put(disk.device(), channel);
    }
    ByteBuffer target = buffer.asSlice(0, aligned(length)).asByteBuffer();
    while (target.position() < length) {
      // A short read leaves the buffer aligned except at the end of the disk, where it is the last.
      int read = channel.read(target, offset + target.position());
      if (read <= 0) {
        throw new EOFException(
            "%s ends at %d".formatted(disk.device(), offset + target.position()));
      }
      if (target.position() < length && target.position() % ALIGNMENT != 0) {
        throw new IOException("%s gave %d bytes at %d".formatted(disk.device(), read, offset));
      }
    }
    return buffer.asSlice(0, length);
  }

  /** Closes the device of a disk that vanished; a later read opens it anew. */
  @Override
  public void forget(CapturedDisk disk) {
    FileChannel channel = channels.remove(disk.device());
    if (channel != null) {
      closeQuietly(channel);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // It was open for reading only: nothing can be lost.
    }
  }

  @Override
  public void close() {
    channels.values().forEach(DirectDiskReader::closeQuietly);
    channels.clear();
    arena.close();
  }
}
