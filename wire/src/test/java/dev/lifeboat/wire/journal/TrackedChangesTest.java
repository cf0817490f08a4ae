package dev.lifeboat.wire.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RandomFrames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackedChangesTest {
  private static final int SEGMENT = 1024 * 1024;
  private static final int SEGMENTS = 4;
  private final FakeSpace space = new FakeSpace();
  private final long seed = new Random().nextLong();
  private final RandomFrames frames = new RandomFrames(seed);
  private final List<Frame> sent = new ArrayList<>();

  @TempDir Path folder;

  TrackedChangesTest() {
    System.out.println("TrackedChangesTest seed " + seed);
  }

  @AfterEach
  void close() {
    frames.close();
  }

  private TrackedChanges open() throws IOException {
    Bounds bounds = new Bounds((long) SEGMENT * SEGMENTS, 100, SEGMENT);
    return TrackedChanges.open(folder, frames.origin(), bounds, space);
  }

  /** Appends frames until the given number of files is in use. */
  private void fill(TrackedChanges changes, int segments) throws IOException {
    while (changes.heldSegments() < segments) {
      append(changes);
    }
  }

  private void append(TrackedChanges changes) throws IOException {
    Frame frame = frames.any();
    assertThat(changes.append(frame)).isInstanceOf(Append.Done.class);
    sent.add(frame);
  }

  private static List<byte[]> read(TrackedReader reader) throws IOException {
    List<byte[]> read = new ArrayList<>();
    for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
      read.add(next.get().encode());
    }
    return read;
  }

  private List<byte[]> sentFrom(int first) {
    return sent.subList(first, sent.size()).stream().map(Frame::encode).toList();
  }

  @Test
  void givesBackWhatWasAppended_inOrder_andAfterARestart() throws Exception {
    try (TrackedChanges changes = open()) {
      fill(changes, 3);
      TrackedReader reader = changes.reader();
      assertThat(read(reader)).containsExactlyElementsOf(sentFrom(0));
      append(changes);
      assertThat(reader.next().orElseThrow().encode()).isEqualTo(sent.getLast().encode());
      assertThat(reader.next()).isEmpty();
      reader.rewind();
      assertThat(read(reader)).hasSize(sent.size());
      assertThat(changes.lastPosition()).contains(frames.position());
    }
    try (TrackedChanges again = open()) {
      assertThat(again.wasBroken()).isFalse();
      assertThat(again.lastPosition()).contains(frames.position());
      append(again);
      assertThat(read(again.reader())).containsExactlyElementsOf(sentFrom(0));
    }
  }

  @Test
  void neverGrows_andReusesWhatIsReleased() throws Exception {
    try (TrackedChanges changes = open()) {
      for (int round = 0; round < 6; round++) {
        fill(changes, SEGMENTS);
        changes.release(frames.position());
        assertThat(changes.heldSegments()).isZero();
      }
      assertThat(changes.lastPosition()).isEmpty();
    }
    assertThat(files())
        .hasSize(SEGMENTS)
        .allSatisfy(file -> assertThat(Files.size(file)).isEqualTo(SEGMENT));
  }

  @Test
  void keepsAFile_whileOneFrameOfItIsNeeded() throws Exception {
    try (TrackedChanges changes = open()) {
      fill(changes, 2);
      Frame last = frames.data();
      changes.append(last);
      sent.add(last);
      long end = frames.position();
      changes.release(end - 1);
      List<byte[]> rest = read(changes.reader());
      assertThat(rest.getLast()).isEqualTo(sent.getLast().encode());
      assertThat(changes.heldSegments()).isEqualTo(1);
    }
  }

  @Test
  void saysWhenItIsFull_andGoesOnBehindWhatIsGivenUp() throws Exception {
    try (TrackedChanges changes = open()) {
      Frame refused = frames.any();
      Append result = changes.append(refused);
      while (result instanceof Append.Done) {
        sent.add(refused);
        refused = frames.any();
        result = changes.append(refused);
      }
      assertThat(result).isInstanceOf(Append.Full.class);
      assertThat(changes.append(refused)).isEqualTo(result);
      List<byte[]> lost = new ArrayList<>();
      long gone = changes.giveUpOldest(frame -> lost.add(frame.encode())).orElseThrow();
      assertThat(lost).isNotEmpty().containsExactlyElementsOf(sentFrom(0).subList(0, lost.size()));
      assertThat(changes.firstPosition()).contains(gone);
      assertThat(changes.append(refused)).isInstanceOf(Append.Done.class);
      sent.add(refused);
      assertThat(read(changes.reader())).containsExactlyElementsOf(sentFrom(lost.size()));
    }
    try (TrackedChanges again = open()) {
      assertThat(again.wasBroken()).isFalse();
      assertThat(again.lastPosition()).contains(frames.position());
    }
  }

  @Test
  void forgetsWhatWasReleased_whenItGoesOnElsewhere() throws Exception {
    try (TrackedChanges changes = open()) {
      fill(changes, 3);
      changes.release(frames.position());
      sent.clear();
      // The link kept up for a while: these frames never came here.
      frames.data();
      append(changes);
      assertThat(read(changes.reader())).containsExactlyElementsOf(sentFrom(0));
    }
    try (TrackedChanges again = open()) {
      assertThat(again.wasBroken()).isFalse();
      assertThat(read(again.reader())).containsExactlyElementsOf(sentFrom(0));
      assertThat(again.lastPosition()).contains(frames.position());
    }
  }

  @Test
  void takesNoFrame_thatLeavesAHole() throws Exception {
    try (TrackedChanges changes = open()) {
      changes.append(frames.data());
      frames.data();
      Frame behindAHole = frames.data();
      assertThatThrownBy(() -> changes.append(behindAHole)).hasMessageContaining("the log ends at");
    }
    try (RandomFrames other = new RandomFrames(1);
        TrackedChanges changes = open()) {
      assertThatThrownBy(() -> changes.append(other.data())).hasMessageContaining("another log");
    }
  }

  @Test
  void takesNoFrame_thatFitsNoFile() throws Exception {
    byte[] noise = new byte[SEGMENT];
    new Random(seed).nextBytes(noise);
    try (TrackedChanges changes = open()) {
      Frame tooLong = frames.write(0, noise);
      assertThatThrownBy(() -> changes.append(tooLong)).hasMessageContaining("too long");
    }
  }

  @Test
  void isEmpty_whenTheLineageIsAnother() throws Exception {
    try (TrackedChanges changes = open()) {
      fill(changes, 2);
    }
    Origin other = new Origin(frames.origin().machine(), new UUID(1, 1));
    Bounds bounds = new Bounds((long) SEGMENT * SEGMENTS, 100, SEGMENT);
    try (TrackedChanges changes = TrackedChanges.open(folder, other, bounds, space)) {
      assertThat(changes.reader().next()).isEmpty();
      assertThat(changes.firstPosition()).isEmpty();
    }
    assertThat(files()).hasSize(2);
  }

  @Test
  void leavesTenPercentFree() throws Exception {
    space.total = 100L * SEGMENT;
    space.usable = 12L * SEGMENT - 1;
    try (TrackedChanges changes = open()) {
      assertThat(changes.append(frames.data(1, 512))).isInstanceOf(Append.Done.class);
      space.usable = 11L * SEGMENT - 1;
      Append result = new Append.Done(0);
      while (result instanceof Append.Done) {
        result = changes.append(frames.any());
      }
      assertThat(result).isInstanceOf(Append.Full.class);
      assertThat(((Append.Full) result).reason()).contains("keep 10 % free");
      changes.release(Long.MAX_VALUE);
      changes.trim();
      assertThat(files()).hasSize(1);
      space.usable = 5L * SEGMENT;
      changes.trim();
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void isBoundedByAShareOfTheFileSystem() throws Exception {
    space.total = 41L * SEGMENT;
    Bounds bounds = new Bounds(1L << 40, 5, SEGMENT);
    try (TrackedChanges changes = TrackedChanges.open(folder, frames.origin(), bounds, space)) {
      Append result = new Append.Done(0);
      while (result instanceof Append.Done) {
        result = changes.append(frames.any());
      }
      assertThat(files()).hasSize(2);
    }
  }

  @Test
  void letsOneProcessIn() throws Exception {
    try (TrackedChanges changes = open()) {
      assertThat(changes.heldSegments()).isZero();
      assertThatThrownBy(this::open)
          .isInstanceOfAny(IOException.class, java.nio.channels.OverlappingFileLockException.class);
    }
  }

  @Test
  void canBeReadWhileItIsWrittenAndReleased() throws Exception {
    try (TrackedChanges changes = open()) {
      int total = 300;
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> {
            for (int i = 0; i < total; i++) {
              Frame frame = frames.data();
              try {
                while (changes.append(frame) instanceof Append.Full) {
                  Thread.onSpinWait();
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          });
      TrackedReader reader = changes.reader();
      long position = -1;
      for (int read = 0; read < total; ) {
        Optional<Frame> frame = reader.next();
        if (frame.isPresent()) {
          if (position >= 0) {
            assertThat(frame.get().header().span().from()).isEqualTo(position);
          }
          position = frame.get().header().span().to();
          read++;
          changes.release(position);
        } else {
          assertThat(writer.isCompletedExceptionally()).isFalse();
          Thread.onSpinWait();
        }
      }
      writer.get(20, TimeUnit.SECONDS);
      assertThat(position).isEqualTo(frames.position());
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(".hrl")).toList();
    }
  }
}
