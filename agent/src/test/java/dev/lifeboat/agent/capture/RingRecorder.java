package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps the bytes of a running ring for {@link RecordedRing}, in place of whoever would ship them:
 * it polls, copies and releases. One thread; closing ends the file, not the capture.
 */
public final class RingRecorder implements AutoCloseable {
  private final BpfCaptureSource source;
  private final RecordSink sink;
  private final FileChannel file;
  private long copied;

  /** Begins where the source is released up to; records go to the sink as well. */
  public RingRecorder(BpfCaptureSource source, RecordSink sink, Path path) throws IOException {
    this.source = source;
    this.sink = sink;
    file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    copied = source.released().heldFrom();
    ByteBuffer head = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(source.base()).putLong(copied - source.base());
    file.write(head.flip());
  }

  /** Reads what is there, keeps it and gives it back; says how many records it were. */
  public int step() throws IOException {
    int records = source.poll(sink, 4 << 20);
    long to = source.checkpoint().heldFrom();
    for (long at = copied; at < to; at += 1 << 16) {
      long length = Math.min(1 << 16, to - at);
      MemorySegment bytes = source.ring().bytes(at - source.base(), length);
      ByteBuffer buffer = bytes.asByteBuffer();
      while (buffer.hasRemaining()) {
        int ignored = file.write(buffer);
      }
    }
    copied = to;
    source.release(source.checkpoint());
    return records;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
