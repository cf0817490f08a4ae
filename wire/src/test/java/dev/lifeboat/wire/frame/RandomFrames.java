package dev.lifeboat.wire.frame;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * A machine that never was: frames of one log, contiguous, with chains and sequences that hold. The
 * same seed gives the same log.
 */
public final class RandomFrames implements AutoCloseable {
  private static final RecordKind[] RANGES = {
    RecordKind.ZERO, RecordKind.UNMAP, RecordKind.DEFERRED, RecordKind.SELF
  };

  private static final Codec[] CODECS = Codec.values();

  private final Random random;
  private final Compressor compressor = new Compressor();
  private final Origin origin;
  private final UUID bootId;
  private FrameBuilder builder;
  private long sequence;

  public RandomFrames(long seed) {
    random = new Random(seed);
    origin = new Origin(uuid(), uuid());
    bootId = uuid();
    builder = FrameBuilder.data(origin, 1L << 48, Chain.ofBoot(origin.lineage(), bootId));
  }

  public Origin origin() {
    return origin;
  }

  public UUID bootId() {
    return bootId;
  }

  /** Where the log ends. */
  public long position() {
    return builder.position();
  }

  /** The chain behind {@link #position}. */
  public Chain chain() {
    return builder.chain();
  }

  /** The sequence of the newest frame. */
  public long sequence() {
    return sequence;
  }

  public UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** Up to 40 records, some with content that shrinks and some with noise. */
  public Frame data() {
    return data(1 + random.nextInt(40), 16 * 1024);
  }

  /** So many records, writes of at most so many bytes. */
  public Frame data(int records, int largest) {
    for (int i = 0; i < records; i++) {
      addRecord(builder, largest, builder.position() + 8 + random.nextInt(1 << 16));
    }
    return stamp(builder.build(codec(), compressor, nanos()));
  }

  /** One write of exactly so many bytes to disk 0. */
  public Frame write(long offset, byte[] content) {
    builder.beginWrite(0, offset, content.length, builder.position() + 8);
    builder.payload(content, 0, content.length);
    return stamp(builder.build(codec(), compressor, nanos()));
  }

  public Frame base() {
    FrameBuilder base = FrameBuilder.base(origin, builder.position(), builder.chain());
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      addRecord(base, 64 * 1024, base.position());
    }
    return stamp(base.build(codec(), compressor, nanos()));
  }

  public Frame mark() {
    MarkBody body =
        new MarkBody(
            bootId, nanos(), random.nextLong(), random.nextBoolean(), text(), List.of(0, 1, 7));
    return control(FrameKind.MARK, body.encode());
  }

  public Frame state() {
    List<StateBody.Disk> disks = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      disks.add(
          new StateBody.Disk(
              i, random.nextBoolean(), (1L + random.nextInt(1000)) << 20, 512, text(), text()));
    }
    StateBody body = new StateBody(random.nextBoolean(), text(), nanos(), disks);
    return control(FrameKind.STATE, body.encode());
  }

  /** Nobody holds the log between here and a new boot's begin. */
  public Frame gap() {
    long to = builder.position() + (1L << 20) + random.nextInt(1 << 20);
    Span span = new Span(builder.position(), to, Chain.ofBoot(origin.lineage(), uuid()));
    builder = FrameBuilder.data(origin, to, span.chain());
    return stamp(Frame.control(FrameKind.GAP, origin, span, nanos(), new GapBody(text()).encode()));
  }

  /** Any kind, mostly DATA. */
  public Frame any() {
    return switch (random.nextInt(10)) {
      case 0 -> base();
      case 1 -> mark();
      case 2 -> state();
      case 3 -> gap();
      default -> data();
    };
  }

  private void addRecord(FrameBuilder target, int largest, long position) {
    int disk = random.nextInt(3);
    long offset = 512L * random.nextInt(1 << 24);
    if (random.nextInt(5) == 0) {
      RecordKind kind = RANGES[random.nextInt(RANGES.length)];
      target.range(kind, disk, offset, 512L * (1 + random.nextInt(1 << 16)), position);
      return;
    }
    byte[] content = content(512 * (1 + random.nextInt(largest / 512)));
    target.beginWrite(disk, offset, content.length, position);
    for (int at = 0; at < content.length; ) {
      int piece = Math.min(content.length - at, 1 + random.nextInt(8192));
      target.payload(MemorySegment.ofArray(content).asSlice(at, piece));
      at += piece;
    }
  }

  /** Bytes, half of the time as compressible as text. */
  public byte[] content(int length) {
    byte[] content = new byte[length];
    random.nextBytes(content);
    if (random.nextBoolean()) {
      for (int i = 0; i < length; i++) {
        content[i] = (byte) ('a' + (content[i] & 3));
      }
    }
    return content;
  }

  private Frame control(FrameKind kind, byte[] body) {
    Span span = Span.at(builder.position(), builder.chain());
    return stamp(Frame.control(kind, origin, span, nanos(), body));
  }

  private Frame stamp(Frame frame) {
    return frame.withSequence(++sequence);
  }

  private Codec codec() {
    return CODECS[random.nextInt(CODECS.length)];
  }

  private long nanos() {
    return random.nextLong() >>> 1;
  }

  private String text() {
    return "text-ü-" + random.nextInt();
  }

  @Override
  public void close() {
    compressor.close();
  }
}
