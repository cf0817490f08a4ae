package dev.lifeboat.testbed;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever breaks, during the first copy and during deltas: everything goes on by itself, the disks
 * that come back are identical, and no acknowledged write is missing.
 */
abstract class Faults {

  enum Phase {
    FIRST_COPY,
    DELTAS
  }

  static final int MEBIBYTES = 72;

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  final long seed = System.nanoTime();
  final Random random = new Random(seed);
  Disks disks;
  Site site;
  AgentProgram agent;

  @BeforeEach
  void start() throws Exception {
    System.out.println("seed " + seed);
    disks = new Disks(folder, MEBIBYTES);
    disks.fill("content", 24);
    site = new Site(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
    disks.close();
  }

  /** Starts agent and writer and brings them where the fault is to strike. */
  final void reach(Phase phase, AgentProgram.Settings settings) throws IOException {
    if (phase == Phase.DELTAS) {
      agent = site.agent("agent", settings).start();
      agent.untilConsistent();
      disks.startWriter(seed);
      agent.mark("before");
    } else {
      agent = site.agent("agent", settings.with("baseRate: 12MiB\n")).start();
      disks.startWriter(seed);
      agent.until("copying", status -> status.path("bytesLeft").asLong() > 0);
    }
  }

  final void write() {
    long seen = disks.written();
    await().atMost(Duration.ofSeconds(60)).until(() -> disks.written() > seen + 30);
  }

  static void pause(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }
}
