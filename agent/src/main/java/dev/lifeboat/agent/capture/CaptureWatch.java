package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at all disks once a second, at unsettled ones ten times, in a thread of its own. */
final class CaptureWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureWatch.class);
  private static final long PERIOD_MILLIS = 100;
  private static final int SLOW = 10;

  private final KernelObjects objects;
  private final Header header;
  private final Runnable disksChanged;
  private final Map<Integer, DiskWatch> watches = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("capture-watch").factory());
  private long missed;
  private long turn;

  /**
   * A watch that begins with {@link #start}.
   *
   * @param disksChanged looks whether disks vanished or came back
   */
  CaptureWatch(KernelObjects objects, Header header, Runnable disksChanged) throws IOException {
    this.objects = objects;
    this.header = header;
    this.disksChanged = disksChanged;
    missed = objects.missed();
  }

  void start() {
    var ignored =
        thread.scheduleWithFixedDelay(
            this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(int slot, DiskWatch watch) {
    watches.put(slot, watch);
  }

  void remove(int slot) {
    watches.remove(slot);
  }

  private void look() {
    try {
      boolean slow = turn++ % SLOW == 0;
      if (slow) {
        disksChanged.run();
      }
      long now = objects.missed();
      boolean all = slow || now != missed;
      missed = now;
      watches.forEach((slot, watch) -> {
        if (all || !watch.settled()) {
          look(slot, watch);
        }
      });
    } catch (IOException | RuntimeException e) {
      LOG.warn("capture could not be checked; it is tried again", e);
    }
  }

  private void look(int slot, DiskWatch watch) {
    try {
      if (!watch.look(missed)) {
        header.violation();
        LOG.error("slot {}: the disk completed more bytes than were captured", slot);
      }
    } catch (IOException e) {
      // Of a disk that is being taken away; another look tells.
      LOG.debug("slot {} cannot be looked at", slot, new UncheckedIOException(e));
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("the watch of capture does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
