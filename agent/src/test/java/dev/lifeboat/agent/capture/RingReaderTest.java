package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.agent.capture.RingBuilder.Expected;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.RecordKind;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RingReaderTest {
  private static final long BASE = 3L << 48;

  /** Collects, with a hash of each payload. */
  private static final class Collector implements RecordSink {
    final List<Expected> all = new ArrayList<>();
    private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
    private Expected begun;

    @Override
    public void write(int disk, long offset, int length, long position) {
      begun = new Expected(RecordKind.WRITE, disk, offset, length, position, 0);
      payload.reset();
    }

    @Override
    public void payload(MemorySegment piece) {
      payload.writeBytes(piece.toArray(JAVA_BYTE));
      if (payload.size() == begun.length()) {
        int content = Arrays.hashCode(payload.toByteArray());
        all.add(
            new Expected(
                begun.kind(),
                begun.disk(),
                begun.offset(),
                begun.length(),
                begun.position(),
                content));
      }
    }

    @Override
    public void range(RecordKind kind, int disk, long offset, long length, long position) {
      all.add(new Expected(kind, disk, offset, length, position, 0));
    }

    @Override
    public Chain chain() {
      return Chain.START;
    }
  }

  private static RingReader reader(RecordedRing ring, RingBuilder builder) {
    return new RingReader(ring, BASE, slot -> slot + 100, builder::lost);
  }

  private static RingBuilder random(long seed, int steps) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RingBuilder builder =
        new RingBuilder(seed, 1 + random.nextInt(16), BASE, 8L * random.nextInt(1000));
    for (int i = 0; i < steps; i++) {
      builder.step();
    }
    return builder;
  }

  @RepeatedTest(30)
  void handsOverWholeWritesInOrder(RepetitionInfo repetition) {
    RingBuilder builder = random(System.nanoTime() + repetition.getCurrentRepetition(), 600);
    Collector sink = new Collector();
    RecordedRing ring = builder.ring();
    RingReader reader = reader(ring, builder);
    while (reader.poll(sink, 1 + new Random().nextInt(100_000)) > 0) {
      assertThat(reader.heldFrom()).isLessThanOrEqualTo(reader.delivered());
    }
    assertThat(sink.all).isEqualTo(builder.expected());
    assertThat(sink.all).isSortedAccordingTo((a, b) -> Long.compare(a.position(), b.position()));
  }

  @RepeatedTest(10)
  void aCutHandsOverWhatEndedBefore(RepetitionInfo repetition) {
    RingBuilder builder = random(System.nanoTime() + repetition.getCurrentRepetition(), 120);
    RecordedRing ring = builder.ring();
    for (long cut : ring.positions()) {
      Collector sink = new Collector();
      Checkpoint checkpoint = ring.replay(sink, cut, slot -> slot + 100);
      assertThat(sink.all)
          .isEqualTo(builder.expected().stream().filter(write -> write.position() <= cut).toList());
      assertThat(checkpoint.position()).isEqualTo(cut);
    }
  }

  @RepeatedTest(10)
  void goesOnFromAnyCheckpoint(RepetitionInfo repetition) {
    RingBuilder builder = random(System.nanoTime() + repetition.getCurrentRepetition(), 120);
    RecordedRing ring = builder.ring();
    for (long cut : ring.positions()) {
      Checkpoint checkpoint = ring.replay(new Collector(), cut, slot -> slot + 100);
      RecordedRing rest = builder.ring();
      RingReader reader = reader(rest, builder);
      reader.seek(checkpoint.heldFrom() - BASE, checkpoint.position() - BASE);
      Collector sink = new Collector();
      while (reader.poll(sink, 1 << 16) > 0) {
        assertThat(reader.delivered()).isGreaterThan(cut - BASE);
      }
      assertThat(sink.all)
          .isEqualTo(builder.expected().stream().filter(write -> write.position() > cut).toList());
    }
  }

  @Test
  void aLostTailIsNotWaitedFor() {
    for (long seed = 1; seed < 200; seed++) {
      RingBuilder builder = new RingBuilder(seed, 4, BASE, 0);
      for (int i = 0; i < 60; i++) {
        builder.step();
      }
      RecordedRing ring = builder.ring();
      RingReader reader = new RingReader(ring, BASE, slot -> slot + 100, _ -> Long.MAX_VALUE);
      Collector sink = new Collector();
      while (reader.poll(sink, Long.MAX_VALUE) > 0) {
        assertThat(sink.all).isNotEmpty();
      }
      reader.poll(sink, Long.MAX_VALUE);
      assertThat(reader.heldFrom()).isEqualTo(reader.delivered());
    }
  }

  @Test
  void stopsAtARecordThatIsBeingWritten() {
    RingBuilder builder = random(7, 40);
    byte[] content = builder.ring().content();
    long first = builder.expected().get(3).position() - BASE;
    long begin = builder.ring().consumer();
    MemorySegment bytes = MemorySegment.ofArray(content);
    int at = (int) (first - begin);
    bytes.set(JAVA_INT_UNALIGNED, at, bytes.get(JAVA_INT_UNALIGNED, at) | 0x80000000);
    RecordedRing ring = new RecordedRing(bytes, BASE, begin);
    Collector sink = new Collector();
    RingReader reader = reader(ring, builder);
    reader.poll(sink, Long.MAX_VALUE);
    assertThat(reader.delivered()).isEqualTo(first);
  }

  @Test
  void refusesWhatOurProgramsNeverWrite() {
    RingBuilder builder = random(11, 60);
    byte[] whole = builder.ring().content();
    long begin = builder.ring().consumer();
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] broken = whole.clone();
      int at = random.nextInt(broken.length / 4096 * 4096);
      broken[at] ^= (byte) (1 << random.nextInt(8));
      RecordedRing ring = new RecordedRing(MemorySegment.ofArray(broken), BASE, begin);
      try {
        reader(ring, builder).poll(new Collector(), Long.MAX_VALUE);
      } catch (BrokenRingException expected) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
    RecordedRing unknown = builder.ring();
    assertThatThrownBy(() ->
            new RingReader(unknown, BASE, slot -> -1, _ -> 0).poll(new Collector(), Long.MAX_VALUE))
        .isInstanceOf(BrokenRingException.class)
        .hasMessageContaining("slot");
  }
}
