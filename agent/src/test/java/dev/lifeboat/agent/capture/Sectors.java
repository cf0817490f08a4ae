package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.journal.DirectIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads and writes a device by O_DIRECT. */
final class Sectors {
  private static final int PAGE = 4096;

  private Sectors() {}

  static ByteBuffer read(Path device, long offset, int length) throws IOException {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ, DirectIo.DIRECT)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(length + PAGE).alignedSlice(PAGE).limit(length);
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, offset + buffer.position());
        if (read <= 0) {
          throw new IOException("the device ends at " + (offset + buffer.position()));
        }
      }
      return ByteBuffer.allocate(length).put(buffer.flip()).flip();
    }
  }

  static void write(Path device, long offset, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(device, StandardOpenOption.WRITE, DirectIo.DIRECT)) {
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(content.length + PAGE).alignedSlice(PAGE).limit(content.length);
      buffer.put(content).flip();
      while (buffer.hasRemaining()) {
        int ignored = channel.write(buffer, offset + buffer.position());
      }
    }
  }
}
