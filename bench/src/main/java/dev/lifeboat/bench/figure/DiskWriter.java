package dev.lifeboat.bench.figure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Writes 64 KiB of real files to random places of a captured disk. Not thread-safe. */
final class DiskWriter implements AutoCloseable {
  private static final int WRITE = 64 << 10;

  /** What may be captured and not durable: less than the smallest ring holds. */
  private static final long MOST_LAG = 48L << 20;

  private static final long LOOK = 16L << 20;

  private final FileChannel disk;
  private final long size;
  private final byte[] content;
  private final AgentProgram agent;
  private final ByteBuffer buffer = LoopDisk.buffer(WRITE);
  private final Random random = new Random(3);

  DiskWriter(LoopDisk disk, long size, byte[] content, AgentProgram agent) throws IOException {
    this.disk = disk.direct();
    this.size = size;
    this.content = content;
    this.agent = agent;
  }

  /** As fast as the agent follows. */
  void write(long bytes) throws IOException, InterruptedException {
    for (long done = 0; done < bytes; done += WRITE) {
      if (done % LOOK == 0) {
        while (agent.status().lagBytes() > MOST_LAG) {
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
      one();
    }
  }

  /** At a rate, until a time. */
  void pace(double bytesPerSecond, long untilNanos) throws IOException {
    long start = System.nanoTime();
    for (long bytes = 0; System.nanoTime() < untilNanos; bytes += WRITE) {
      one();
      long ahead = start + (long) (bytes / bytesPerSecond * 1e9) - System.nanoTime();
      if (ahead > 0) {
        LockSupport.parkNanos(ahead);
      }
    }
  }

  private void one() throws IOException {
    buffer.clear().put(content, random.nextInt(content.length - WRITE), WRITE).flip();
    long offset = (long) WRITE * random.nextInt((int) (size / WRITE));
    while (buffer.hasRemaining()) {
      offset += disk.write(buffer, offset);
    }
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
