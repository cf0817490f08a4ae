package dev.lifeboat.replicator.processserver.coalescer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RecordCursor;
import dev.lifeboat.wire.frame.RecordKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class CoalescerTest {
  private static final int SIZE = 64 << 10;
  private static final Origin ORIGIN = new Origin(new UUID(1, 1), new UUID(2, 2));

  private long position;

  @RepeatedTest(20)
  void leavesTheSameDisk_andNothingThatIsCovered() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<byte[]> bodies = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(8); i++) {
      bodies.add(body(random, 1 + random.nextInt(60)));
    }
    Coalescer.Result result = Coalescer.coalesce(bodies);
    assertThat(replay(result.bodies())).isEqualTo(replay(bodies));
    assertThat(result.bodies()).hasSameSizeAs(bodies);
    assertThat(total(bodies) - total(result.bodies())).isEqualTo(result.droppedBytes());
    assertThat(Coalescer.coalesce(result.bodies()).droppedBytes()).isZero();
  }

  @Test
  void dropsWhatSeveralLaterWritesCoverTogether() throws Exception {
    byte[] body =
        build(b -> {
          write(b, 1, 0, 4096);
          write(b, 1, 0, 2048);
          write(b, 1, 2048, 2048);
          write(b, 2, 0, 4096);
        });
    Coalescer.Result result = Coalescer.coalesce(List.of(body));
    assertThat(result.droppedBytes()).isEqualTo(4096 + RecordCursor.HEADER);
  }

  @Test
  void keepsWhatIsCoveredInPartOnly_andWhatSaysNothingOfContent() throws Exception {
    byte[] body =
        build(b -> {
          write(b, 1, 0, 4096);
          b.range(RecordKind.DEFERRED, 1, 0, 4096, ++position);
          b.range(RecordKind.SELF, 1, 0, 4096, ++position);
          write(b, 1, 512, 4096);
        });
    assertThat(Coalescer.coalesce(List.of(body)).droppedBytes()).isZero();
  }

  private interface Script {
    void on(FrameBuilder builder);
  }

  private byte[] build(Script script) throws Exception {
    FrameBuilder builder = FrameBuilder.data(ORIGIN, position, Chain.START);
    script.on(builder);
    try (Compressor compressor = new Compressor()) {
      return builder.build(Codec.NONE, compressor, 0).raw();
    }
  }

  private void write(FrameBuilder builder, int disk, long offset, int length) {
    byte[] payload = new byte[length];
    Arrays.fill(payload, (byte) ++position);
    builder.beginWrite(disk, offset, length, position);
    builder.payload(payload, 0, length);
  }

  private byte[] body(Random random, int records) throws Exception {
    return build(builder -> {
      for (int i = 0; i < records; i++) {
        int length = 512 * (1 + random.nextInt(16));
        long offset = 512L * random.nextInt((SIZE - length) / 512);
        int disk = random.nextInt(2);
        switch (random.nextInt(6)) {
          case 0 -> builder.range(RecordKind.ZERO, disk, offset, length, ++position);
          case 1 -> builder.range(RecordKind.UNMAP, disk, offset, length, ++position);
          case 2 -> builder.range(RecordKind.DEFERRED, disk, offset, length, ++position);
          default -> write(builder, disk, offset, length);
        }
      }
    });
  }

  private static long total(List<byte[]> bodies) {
    return bodies.stream().mapToLong(body -> body.length).sum();
  }

  private static byte[] replay(List<byte[]> bodies) throws Exception {
    byte[] disks = new byte[2 * SIZE];
    for (byte[] body : bodies) {
      RecordCursor record = new RecordCursor(body);
      while (record.next()) {
        int at = record.disk() * SIZE + (int) record.offset();
        int length = (int) record.length();
        switch (record.kind()) {
          case WRITE -> System.arraycopy(body, record.payloadOffset(), disks, at, length);
          case ZERO, UNMAP -> Arrays.fill(disks, at, at + length, (byte) 0);
          default -> {}
        }
      }
    }
    return disks;
  }
}
