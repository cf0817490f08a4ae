package dev.lifeboat.wire.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.Golden;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RandomFrames;
import dev.lifeboat.wire.frame.RecordKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as a crash or a bad disk leaves them: replay keeps what is whole and nothing else. */
class TornSegmentTest {
  private static final int SEGMENT = 64 * 1024;
  private static final Bounds BOUNDS = new Bounds(4L * SEGMENT, 100, SEGMENT);

  @TempDir Path folder;

  private TrackedChanges open(Origin origin) throws IOException {
    return TrackedChanges.open(folder, origin, BOUNDS, new FakeSpace());
  }

  private List<byte[]> replay(Origin origin) throws IOException {
    try (TrackedChanges changes = open(origin)) {
      List<byte[]> frames = new ArrayList<>();
      TrackedReader reader = changes.reader();
      for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
        frames.add(next.get().encode());
      }
      return frames;
    }
  }

  /** Two rounds over one file, so that behind the new frames old ones still stand. */
  private byte[] twoFramesOverOld(RandomFrames frames, List<byte[]> sent) throws IOException {
    try (TrackedChanges changes = open(frames.origin())) {
      for (int i = 0; i < 8; i++) {
        changes.append(frames.data(2, 2048));
      }
      changes.release(frames.position());
      for (int i = 0; i < 2; i++) {
        Frame frame = frames.data(2, 2048);
        sent.add(frame.encode());
        changes.append(frame);
      }
    }
    return Files.readAllBytes(only());
  }

  private Path only() {
    return folder.resolve("0000000000000001.hrl");
  }

  @Test
  void keepsNoLeftovers_whenAFileIsReused() throws Exception {
    try (RandomFrames frames = new RandomFrames(1)) {
      List<byte[]> sent = new ArrayList<>();
      twoFramesOverOld(frames, sent);
      assertThat(replay(frames.origin())).containsExactlyElementsOf(sent);
    }
  }

  @Test
  void keepsTheFirst_whenTheSecondIsTornAnywhere() throws Exception {
    try (RandomFrames frames = new RandomFrames(2)) {
      List<byte[]> sent = new ArrayList<>();
      byte[] before = twoFramesOverOld(frames, sent);
      int at = Blocks.SIZE + Blocks.roundUp(FrameBlocks.PREFIX + sent.get(0).length);
      at += Blocks.roundUp(FrameBlocks.PREFIX + sent.get(1).length);
      Frame third = frames.data(2, 2048);
      try (TrackedChanges changes = open(frames.origin())) {
        changes.append(third);
      }
      byte[] after = Files.readAllBytes(only());
      int end = at + FrameBlocks.PREFIX + third.length();
      // Byte by byte through prefix and header, then by steps through the body.
      for (int torn = at; torn < end; torn += torn < at + 200 ? 1 : 97) {
        byte[] file = before.clone();
        System.arraycopy(after, at, file, at, torn - at);
        if (Arrays.equals(file, at, end, after, at, end)) {
          continue;
        }
        Files.write(only(), file);
        assertThat(replay(frames.origin())).as("torn at %d", torn).containsExactlyElementsOf(sent);
      }
      Files.write(only(), after);
      assertThat(replay(frames.origin())).hasSize(3);
    }
  }

  @Test
  void keepsWhatStandsBefore_whenABitFlips() throws Exception {
    try (RandomFrames frames = new RandomFrames(3)) {
      List<byte[]> sent = new ArrayList<>();
      byte[] good = twoFramesOverOld(frames, sent);
      int second = Blocks.SIZE + Blocks.roundUp(FrameBlocks.PREFIX + sent.get(0).length);
      int length = FrameBlocks.PREFIX + sent.get(1).length;
      for (int i = second; i < second + length; i += i < second + 150 ? 1 : 31) {
        byte[] file = good.clone();
        file[i] ^= (byte) (1 << (i % 8));
        Files.write(only(), file);
        assertThat(replay(frames.origin())).as("byte %d", i).containsExactly(sent.get(0));
      }
      for (int i = 0; i < 80; i++) {
        byte[] file = good.clone();
        file[i] ^= (byte) (1 << (i % 8));
        Files.write(only(), file);
        assertThat(replay(frames.origin())).as("header byte %d", i).isEmpty();
      }
    }
  }

  @Test
  void saysSo_whenFilesAreDroppedBehindABreak() throws Exception {
    try (RandomFrames frames = new RandomFrames(4)) {
      try (TrackedChanges changes = open(frames.origin())) {
        while (changes.heldSegments() < 3) {
          changes.append(frames.data(2, 2048));
        }
      }
      byte[] file = Files.readAllBytes(only());
      file[Blocks.SIZE + 100] ^= 1;
      Files.write(only(), file);
      try (TrackedChanges changes = open(frames.origin())) {
        assertThat(changes.wasBroken()).isTrue();
        assertThat(changes.reader().next()).isEmpty();
      }
    }
  }

  @Test
  void goesOn_whereItWasTorn() throws Exception {
    try (RandomFrames frames = new RandomFrames(5)) {
      Frame first = frames.data(2, 2048);
      Frame second = frames.data(2, 2048);
      try (TrackedChanges changes = open(frames.origin())) {
        changes.append(first);
        changes.append(second);
      }
      byte[] file = Files.readAllBytes(only());
      file[Blocks.SIZE + Blocks.roundUp(FrameBlocks.PREFIX + first.length()) + 200] ^= 1;
      Files.write(only(), file);
      try (TrackedChanges changes = open(frames.origin())) {
        assertThat(changes.lastPosition()).contains(first.header().span().to());
        assertThat(changes.append(second)).isInstanceOf(Append.Done.class);
      }
      assertThat(replay(frames.origin())).containsExactly(first.encode(), second.encode());
    }
  }

  @Test
  void removesAFile_whoseMakingWasCutShort() throws Exception {
    Files.write(folder.resolve("0000000000000009.hrl"), new byte[8192]);
    try (RandomFrames frames = new RandomFrames(6);
        TrackedChanges changes = open(frames.origin())) {
      assertThat(changes.wasBroken()).isFalse();
      assertThat(folder.resolve("0000000000000009.hrl")).doesNotExist();
    }
  }

  @Test
  void keepsItsBytes() throws Exception {
    Origin origin = new Origin(new UUID(1, 2), new UUID(3, 4));
    ByteBuffer block = Blocks.buffer(Blocks.SIZE);
    SegmentHeader header = new SegmentHeader(origin, 7, 5, 1L << 48, 0x1122334455667788L);
    header.encode(block);
    byte[] bytes = new byte[96];
    block.get(0, bytes);
    Golden.check("hrl-header", bytes);
    assertThat(SegmentHeader.decode(ByteBuffer.wrap(Golden.read("hrl-header")))).isEqualTo(header);
    FrameBuilder builder = FrameBuilder.data(origin, 1L << 48, Chain.START);
    builder.range(RecordKind.ZERO, 0, 0, 4096, (1L << 48) + 64);
    try (Compressor compressor = new Compressor()) {
      FrameBlocks.encode(block, header.generation(), builder.build(Codec.NONE, compressor, 9));
    }
    byte[] frame = new byte[176];
    block.get(0, frame);
    Golden.check("hrl-frame", frame);
  }
}
