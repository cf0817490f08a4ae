package dev.lifeboat.testbed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that cares for the order of its writes: i to A, fsync, then i to B, fsync, with files
 * of random size created, rewritten and deleted in between. On any state that a power cut could
 * have left, B is never ahead of A.
 */
final class OrderedWriter implements Runnable {

  /** Leaves the machine some time for what is to be tested. */
  private static final long PAUSE_NANOS = 1_000_000;

  private final Path a;
  private final Path b;
  private final Random random;
  private volatile boolean stopped;
  private volatile long written;
  private volatile IOException failure;

  OrderedWriter(Path mountOfA, Path mountOfB, long seed) {
    a = mountOfA.resolve("A");
    b = mountOfB.resolve("B");
    random = new Random(seed);
  }

  @Override
  public void run() {
    try (FileChannel first = open(a);
        FileChannel second = open(b)) {
      for (long i = 1; !stopped; i++) {
        write(first, i);
        write(second, i);
        written = i;
        if (i % 4 == 0) {
          churn(i);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (ClosedChannelException e) {
      // The test ended the thread.
    } catch (IOException e) {
      failure = e;
    }
  }

  private void churn(long i) throws IOException {
    Path file = (i % 8 == 0 ? a : b).resolveSibling("churn-" + random.nextInt(24));
    if (random.nextInt(4) == 0) {
      Files.deleteIfExists(file);
    } else {
      byte[] bytes = new byte[3000 + random.nextInt(60_000)];
      random.nextBytes(bytes);
      Files.write(file, bytes);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void write(FileChannel file, long i) throws IOException {
    file.write(ByteBuffer.allocate(Long.BYTES).putLong(0, i), 0);
    file.force(false);
  }

  long written() {
    return written;
  }

  void stop(Thread thread) throws IOException {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The last i of a file of this writer, 0 if it never came so far. */
  static long last(Path mount, String name) throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(mount.resolve(name));
      return bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
