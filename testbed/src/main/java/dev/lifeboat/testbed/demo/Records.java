package dev.lifeboat.testbed.demo;

import dev.lifeboat.testbed.machine.Guest;
import dev.lifeboat.testbed.workload.WorkloadReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Which record the workload had written when: looked for on the machine's console, twice a second.
 * Thread-safe.
 */
final class Records implements AutoCloseable {
  private final Guest guest;
  private final TreeMap<Long, Long> writtenAt = new TreeMap<>();
  private final Thread thread;

  Records(Guest guest) {
    this.guest = guest;
    thread = Thread.ofVirtual().name("records").start(this::look);
  }

  private void look() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        note();
        TimeUnit.MILLISECONDS.sleep(500);
      }
    } catch (InterruptedException expected) {
      // Closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void note() throws IOException {
    OptionalLong written = WorkloadReport.of(guest.console()).written();
    if (written.isPresent()) {
      synchronized (writtenAt) {
        writtenAt.putIfAbsent(written.getAsLong(), System.nanoTime());
      }
    }
  }

  /** The newest record that was on both disks for certain. */
  long newest() throws IOException {
    note();
    synchronized (writtenAt) {
      if (writtenAt.isEmpty()) {
        throw new IOException("the workload has written nothing yet");
      }
      return writtenAt.lastKey();
    }
  }

  /**
   * How old a record was at a time: the seconds of work that are lost when everything behind it is.
   *
   * @param nanos a {@link System#nanoTime()}
   */
  double ageAt(long record, long nanos) {
    synchronized (writtenAt) {
      Map.Entry<Long, Long> seen = writtenAt.ceilingEntry(record);
      return seen == null ? 0 : Math.max(0, (nanos - seen.getValue()) / 1e9);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
