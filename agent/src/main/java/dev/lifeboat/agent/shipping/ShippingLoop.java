package dev.lifeboat.agent.shipping;

import java.io.Closeable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that ships. It works as long as there is work and rests a little longer each time
 * there is none, two milliseconds at most. What fails in it ends the agent: {@code failed} is told.
 */
public final class ShippingLoop implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ShippingLoop.class);
  private static final long LEAST_REST = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(2);

  private final Shipper shipper;
  private final Runnable failed;
  private final Thread thread;
  private volatile boolean stopped;
  private volatile ShippingStatus status;

  /**
   * @param failed called when the loop ends by an error
   */
  public ShippingLoop(Shipper shipper, Runnable failed) {
    this.shipper = shipper;
    this.failed = failed;
    this.status = shipper.status();
    // A platform thread: the kernel tells our own writes by it.
    this.thread = Thread.ofPlatform().name("shipping").unstarted(this::run);
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  /** Where it stood at most a tenth of a second ago; any thread. */
  public ShippingStatus status() {
    return status;
  }

  private void run() {
    long rest = LEAST_REST;
    long statusAt = System.nanoTime();
    try {
      while (!stopped) {
        if (shipper.step()) {
          rest = LEAST_REST;
        } else {
          LockSupport.parkNanos(rest);
          rest = Math.min(LONGEST_REST, 2 * rest);
        }
        long now = System.nanoTime();
        if (now - statusAt > TimeUnit.MILLISECONDS.toNanos(100)) {
          statusAt = now;
          status = shipper.status();
        }
      }
      shipper.park();
    } catch (RuntimeException | Error e) {
      LOG.error(
          "shipping ended; capture goes on in the kernel until the agent is started again", e);
      failed.run();
    } finally {
      shipper.close();
    }
  }

  /** Ends it cleanly: what is not shipped goes to the tracked changes, if there are any. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
