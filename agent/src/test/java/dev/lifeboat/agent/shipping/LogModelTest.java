package dev.lifeboat.agent.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.MemoryCaptureSource.Pending;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.RecordKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The heart: random writes under way, cuts, lost acknowledgements, lost caches, kills, reboots and
 * restored copies, in any order. Every consistent mark that ever becomes durable must replay to a
 * state that a power cut at the mark could have left.
 */
class LogModelTest {
  private static final int DISK = 12 * 64 * 1024 + 4096;
  private static final int BLOCK = 512;

  @TempDir Path directory;

  private Random random = new Random();
  private Rig rig;
  private final History history = new History();
  private long stamp;
  private int points;
  private int checkedTo;
  private MachineCopy copy;
  private boolean reverting;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 118, 120, 130, 150, 179, 195, 301, 302, 303, 304})
  void everyPointIsAStateOfTheSource(long seed) {
    long used = Long.getLong("lifeboat.seed", seed);
    System.out.println("LogModelTest seed " + used);
    run(used, Integer.getInteger("lifeboat.steps", 3000));
  }

  /** The same copy again and again: what it knows of lineage and boots is ever older. */
  @ParameterizedTest
  @ValueSource(longs = {401, 402, 403, 404, 405, 406, 407, 408})
  void everyPointIsAStateOfASourceThatIsRevertedAgainAndAgain(long seed) {
    reverting = true;
    everyPointIsAStateOfTheSource(seed);
  }

  private void run(long seed, int steps) {
    random = new Random(seed);
    rig = new Rig(directory, 256 * 1024, history::now);
    rig.source.add(1, DISK);
    rig.source.add(2, DISK / 2);
    rig.contents().values().forEach(this::scatter);
    rig.boot(1);
    history.whole(rig.contents());
    rig.start();
    for (int i = 0; i < steps; i++) {
      step();
      check(seed, i);
    }
    calm();
    check(seed, steps);
    Frame last = rig.appended.stream().filter(LogModelTest::isPoint).toList().getLast();
    assertThat(points).as("points of seed %s", seed).isPositive();
    assertThat(history.difference(history.now(), replay(last)))
        .as("at rest the last point is the disk, seed %s", seed)
        .isEmpty();
    rig.close();
  }

  /** Half of the blocks of a disk have content from the start. */
  private void scatter(byte[] disk) {
    for (int at = 0; at + BLOCK <= disk.length; at += BLOCK) {
      if (random.nextInt(4) == 0) {
        System.arraycopy(stamped(BLOCK), 0, disk, at, BLOCK);
      }
    }
  }

  private byte[] stamped(int length) {
    byte[] bytes = new byte[length];
    stamp++;
    for (int i = 0; i < length; i += 8) {
      long value = stamp;
      for (int b = 0; b < 8 && i + b < length; b++) {
        bytes[i + b] = (byte) (value >> (8 * b));
      }
    }
    return bytes;
  }

  private void step() {
    rig.now += random.nextInt(3_000_000);
    int dice = random.nextInt(1000);
    if (dice < 330) {
      write();
    } else if (dice < 620) {
      rig.shipper.step();
    } else if (dice < 850) {
      rig.server.deliver();
    } else if (dice < 910) {
      rig.server.acknowledge();
    } else if (dice < 950) {
      rig.server.upload(1 + random.nextInt(20));
    } else if (dice < 970) {
      rig.now += random.nextInt(2) * 400_000_000L;
      if (random.nextInt(4) == 0) {
        rig.server.reachable(true);
      }
    } else if (dice < 990) {
      if (random.nextInt(4) == 0) {
        rig.server.cut();
      }
    } else if (random.nextInt(3) == 0) {
      disaster(random.nextInt(30));
    }
  }

  private void disaster(int dice) {
    if (reverting && random.nextBoolean()) {
      revert();
    } else if (dice < 6) {
      rig.kill();
      rig.start();
    } else if (dice < 8) {
      rig.server.loseCache();
    } else if (dice < 10) {
      rig.source.overflowing(true);
      for (int i = 0; i < 3; i++) {
        write();
      }
      rig.source.overflowing(false);
    } else if (dice < 12) {
      rig.source.hiding(true);
      write();
      rig.source.hiding(false);
    } else if (dice < 14) {
      reboot();
    } else if (dice < 15) {
      rig.server.wipe();
    } else if (dice < 17) {
      rig.server.reachable(false);
    } else if (dice < 25) {
      rig.server.reachable(true);
    } else if (dice < 27) {
      copy = MachineCopy.of(rig);
    } else if (dice < 28 && copy != null) {
      restore();
    }
  }

  private void revert() {
    if (copy == null || random.nextInt(6) == 0) {
      copy = MachineCopy.of(rig);
    } else {
      restore();
    }
  }

  private void write() {
    List<Pending> open = rig.source.pending();
    if (!open.isEmpty() && random.nextInt(2) == 0) {
      Pending one = open.get(random.nextInt(open.size()));
      if (one.captured() && random.nextInt(40) == 0) {
        rig.source.fail(one);
        history.failed(one);
      } else {
        rig.source.complete(one);
        history.completed(one);
      }
      return;
    }
    int disk = 1 + random.nextInt(2);
    byte[] content = rig.source.disk(disk).content();
    int blocks = random.nextInt(20) == 0 ? 160 : 1 + random.nextInt(24);
    int length = blocks * BLOCK;
    int offset = random.nextInt((content.length - length) / BLOCK) * BLOCK;
    boolean busy =
        open.stream()
            .anyMatch(one ->
                one.disk() == disk
                    && one.offset() < offset + length
                    && offset < one.offset() + one.bytes().length);
    if (busy) {
      return;
    }
    if (random.nextInt(12) == 0) {
      RecordKind kind = random.nextBoolean() ? RecordKind.ZERO : RecordKind.UNMAP;
      rig.source.zero(kind, disk, offset, length);
      history.set(disk, offset, new byte[length]);
      return;
    }
    byte[] before = java.util.Arrays.copyOfRange(content, offset, offset + length);
    byte[] bytes = stamped(length);
    Pending one =
        random.nextInt(30) == 0
            ? rig.source.issueDeferred(disk, offset, bytes)
            : rig.source.issue(disk, offset, bytes);
    history.issued(one, before);
  }

  private void reboot() {
    rig.kill();
    rig.boot(rig.lineage.boot() + 1);
    history.whole(rig.contents());
    rig.start();
  }

  /** The machine is reverted to an earlier copy of itself, disks and state, and boots. */
  private void restore() {
    copy.restore(rig);
    history.whole(rig.contents());
    rig.start();
  }

  /** Everything comes to rest. */
  private void calm() {
    rig.server.reachable(true);
    for (Pending one : rig.source.pending()) {
      rig.source.complete(one);
      history.completed(one);
    }
    rig.now += 60_000_000_000L;
    rig.settle();
  }

  private void check(long seed, int at) {
    for (; checkedTo < rig.appended.size(); checkedTo++) {
      Frame frame = rig.appended.get(checkedTo);
      if (isPoint(frame)) {
        points++;
        int events = (int) (body(frame).bootNanos() / 1_000_000);
        assertThat(history.difference(events, replay(frame)))
            .as("%s, seed %s, step %s", frame, seed, at)
            .isEmpty();
      }
    }
  }

  private Map<Integer, byte[]> replay(Frame mark) {
    List<Frame> frames = rig.server.held(mark.header().origin().lineage()).frames;
    int end = (int) mark.header().sequence();
    assertThat(frames.get(end - 1)).isSameAs(mark);
    return Replay.at(frames.subList(0, end), rig.sizes());
  }

  private static boolean isPoint(Frame frame) {
    return frame.header().kind() == FrameKind.MARK && body(frame).consistent();
  }

  private static MarkBody body(Frame frame) {
    try {
      return MarkBody.decode(frame.raw());
    } catch (CorruptFrameException e) {
      throw new AssertionError(e);
    }
  }
}
