package dev.lifeboat.replicator.processserver;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.GapBody;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RecordKind;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A machine's log as an agent would make it: frames in order, and what the disk holds at each mark.
 * Not thread-safe.
 */
final class ScriptedLog {
  static final int DISK = 7;
  static final int SIZE = 4 << 20;

  final UUID machine;
  final UUID lineage = UUID.randomUUID();
  final UUID boot = UUID.randomUUID();
  final TreeMap<Long, Frame> frames = new TreeMap<>();
  final TreeMap<Long, byte[]> images = new TreeMap<>();
  private final Origin origin;
  private final byte[] image = new byte[SIZE];
  private final Random random;
  long sequence;
  long position = 1L << 48;
  Chain chain;

  ScriptedLog(UUID machine, long seed) {
    this.machine = machine;
    this.random = new Random(seed);
    origin = new Origin(machine, lineage);
    chain = Chain.ofBoot(lineage, boot);
  }

  private Frame add(Frame frame) {
    Frame numbered = frame.withSequence(++sequence);
    frames.put(sequence, numbered);
    return numbered;
  }

  Frame state(boolean consistent) {
    StateBody body =
        new StateBody(
            consistent,
            consistent ? "" : "first copy",
            0,
            List.of(new StateBody.Disk(DISK, !consistent, SIZE, 512, "serial", "sda")));
    return control(FrameKind.STATE, Span.at(position, chain), body.encode());
  }

  private Frame control(FrameKind kind, Span span, byte[] body) {
    return add(Frame.control(kind, origin, span, System.nanoTime(), body));
  }

  /** A frame of so many random writes. */
  Frame data(int writes, int most) {
    FrameBuilder builder = FrameBuilder.data(origin, position, chain);
    for (int i = 0; i < writes; i++) {
      int length = 512 * (1 + random.nextInt(Math.max(1, most / 512)));
      int offset = 512 * random.nextInt((SIZE - length) / 512);
      position += 16 + length;
      if (random.nextInt(10) == 0) {
        builder.range(RecordKind.ZERO, DISK, offset, length, position);
        Arrays.fill(image, offset, offset + length, (byte) 0);
      } else {
        byte[] payload = new byte[length];
        random.nextBytes(payload);
        if (random.nextBoolean()) {
          // Half of all content shrinks.
          Arrays.fill(payload, length / 4, length, (byte) i);
        }
        write(builder, offset, payload);
      }
    }
    return finish(builder);
  }

  /** A frame with one write of these bytes. */
  Frame data(int offset, byte[] payload) {
    FrameBuilder builder = FrameBuilder.data(origin, position, chain);
    position += 16 + payload.length;
    write(builder, offset, payload);
    return finish(builder);
  }

  private void write(FrameBuilder builder, int offset, byte[] payload) {
    builder.beginWrite(DISK, offset, payload.length, position);
    builder.payload(payload, 0, payload.length);
    System.arraycopy(payload, 0, image, offset, payload.length);
  }

  private Frame finish(FrameBuilder builder) {
    chain = builder.chain();
    try (Compressor compressor = new Compressor()) {
      Codec codec = random.nextBoolean() ? Codec.LZ4 : Codec.ZSTD;
      return add(builder.build(codec, compressor, System.nanoTime()));
    }
  }

  Frame mark() {
    MarkBody body =
        new MarkBody(boot, System.nanoTime(), System.currentTimeMillis(), true, "", List.of(DISK));
    Frame frame = control(FrameKind.MARK, Span.at(position, chain), body.encode());
    images.put(sequence, image.clone());
    return frame;
  }

  /** What an agent does that holds nothing between the server's end and its own. */
  Frame gap(long from, long durable) {
    frames.tailMap(durable, false).clear();
    images.tailMap(durable, false).clear();
    sequence = durable;
    return control(FrameKind.GAP, new Span(from, position, chain), new GapBody("test").encode());
  }

  /** A pass over the whole disk at this position, as convergence makes it. */
  void base() {
    FrameBuilder builder = FrameBuilder.base(origin, position, chain);
    for (int at = 0; at < SIZE; at += 128 << 10) {
      builder.beginWrite(DISK, at, 128 << 10, position);
      builder.payload(image, at, 128 << 10);
      try (Compressor compressor = new Compressor()) {
        add(builder.build(Codec.ZSTD, compressor, System.nanoTime()));
      }
    }
  }

  byte[] image() {
    return image.clone();
  }
}
