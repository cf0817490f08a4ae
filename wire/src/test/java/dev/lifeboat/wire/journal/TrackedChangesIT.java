package dev.lifeboat.wire.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.RandomFrames;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it appends, and a file system that is really full. */
class TrackedChangesIT {
  private static final long SEED = 20_260_101;
  private static final Bounds BOUNDS = new Bounds(64L << 20, 100, 1 << 20);

  @TempDir Path folder;

  @Test
  void holdsEveryAcknowledgedFrame_whenTheWriterIsKilled() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path target = folder.resolve("round" + round);
      long acknowledged = appendAndKill(target, 40 + 110 * round);
      assertThat(acknowledged).isPositive();
      try (RandomFrames frames = new RandomFrames(SEED);
          TrackedChanges changes =
              TrackedChanges.open(target, frames.origin(), BOUNDS, new FakeSpace())) {
        assertThat(changes.wasBroken()).isFalse();
        assertThat(changes.lastPosition().orElseThrow()).isGreaterThanOrEqualTo(acknowledged);
        TrackedReader reader = changes.reader();
        int count = 0;
        for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
          assertThat(next.get().encode()).isEqualTo(frames.data().encode());
          count++;
        }
        System.out.println("killed behind frame " + count);
      }
    }
  }

  private static long appendAndKill(Path target, int lines) throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Appender.class.getName(),
                target.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long acknowledged = 0;
    try (BufferedReader output = writer.inputReader(StandardCharsets.US_ASCII)) {
      for (int i = 0; i < lines; i++) {
        String line = output.readLine();
        assertThat(line).as("the writer's line").isNotNull();
        acknowledged = Long.parseLong(line);
      }
      // By its handle: the process itself would close the stream that is still to be read.
      assertThat(writer.toHandle().destroyForcibly()).isTrue();
      assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        // The last line may be cut off: then its number is smaller than the one before.
        acknowledged = line.isEmpty() ? acknowledged : Math.max(acknowledged, Long.parseLong(line));
      }
    }
    return acknowledged;
  }

  /** Appends frames and prints each position once it is acknowledged, until it is killed. */
  public static final class Appender {
    private Appender() {}

    public static void main(String[] arguments) throws IOException {
      try (RandomFrames frames = new RandomFrames(SEED);
          TrackedChanges changes =
              TrackedChanges.open(
                  Path.of(arguments[0]), frames.origin(), BOUNDS, new FakeSpace())) {
        // Made beforehand, so that the kill falls into an append and not between two.
        List<Frame> ready = Stream.generate(frames::data).limit(400).toList();
        for (Frame frame : ready) {
          if (changes.append(frame) instanceof Append.Full) {
            return;
          }
          System.out.println(changes.lastPosition().orElseThrow());
        }
      }
    }
  }

  @Test
  void saysFull_whenTheFileSystemIs() throws Exception {
    Path mount = Files.createDirectory(folder.resolve("small"));
    run("mount", "-t", "tmpfs", "-o", "size=3m", "lifeboat-test", mount.toString());
    try (RandomFrames frames = new RandomFrames(SEED);
        TrackedChanges changes =
            TrackedChanges.open(mount, frames.origin(), BOUNDS, new FakeSpace())) {
      Append result = new Append.Done(0);
      Frame frame = frames.data();
      while (result instanceof Append.Done) {
        frame = frames.data();
        result = changes.append(frame);
      }
      assertThat(((Append.Full) result).reason()).contains("cannot be made");
      assertThat(changes.heldSegments()).isBetween(1, 3);
      assertThat(changes.giveUpOldest(given -> assertThat(given).isNotNull())).isPresent();
      assertThat(changes.append(frame)).isInstanceOf(Append.Done.class);
    } finally {
      run("umount", mount.toString());
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }
}
