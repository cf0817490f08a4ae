package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lifeboat.wire.frame.RecordKind;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes rings as many CPUs would, and knows what a reader must find in them. */
final class RingBuilder {
  /** What must be handed over. */
  record Expected(
      RecordKind kind, int disk, long offset, long length, long position, int content) {}

  private static final List<RecordKind> RANGES =
      List.of(RecordKind.ZERO, RecordKind.UNMAP, RecordKind.DEFERRED, RecordKind.SELF);

  private static final class Bio {
    long id;
    int slot;
    long sector;
    int total;
    int done;
    boolean loses;
    boolean breaks;
    byte[] content;
  }

  private final Random random;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Expected> expected = new ArrayList<>();
  private final Bio[] open;
  private final long[] ids;
  private final long[] lost;
  private final long base;
  private final long begin;

  RingBuilder(long seed, int processors, long base, long begin) {
    random = new Random(seed);
    open = new Bio[processors];
    ids = new long[processors];
    lost = new long[processors];
    this.base = base;
    this.begin = begin;
  }

  List<Expected> expected() {
    return expected;
  }

  long lost(int processor) {
    return lost[processor];
  }

  RecordedRing ring() {
    return new RecordedRing(MemorySegment.ofArray(bytes.toByteArray()), base, begin);
  }

  /** One more record of a random CPU. */
  void step() {
    int processor = random.nextInt(open.length);
    if (open[processor] != null) {
      piece(processor, open[processor]);
      return;
    }
    int kind = random.nextInt(10);
    if (kind == 0) {
      append(new byte[random.nextInt(100)], true);
    } else if (kind < 4) {
      whole(processor, RANGES.get(random.nextInt(RANGES.size())));
    } else {
      Bio bio = new Bio();
      bio.id = ++ids[processor];
      bio.slot = random.nextInt(Abi.SLOTS);
      bio.sector = random.nextInt(1 << 20);
      bio.total = 512 * (1 + random.nextInt(kind < 8 ? 8 : 200));
      bio.loses = random.nextInt(8) == 0;
      bio.breaks = random.nextInt(12) == 0;
      bio.content = new byte[bio.total];
      random.nextBytes(bio.content);
      open[processor] = bio;
      piece(processor, bio);
    }
  }

  private void whole(int processor, RecordKind kind) {
    int slot = random.nextInt(Abi.SLOTS);
    long sector = random.nextInt(1 << 20);
    long length = 512L * (1 + random.nextInt(1 << 22));
    byte[] record = record(++ids[processor], slot, processor, sector);
    MemorySegment view = MemorySegment.ofArray(record);
    view.set(JAVA_INT_UNALIGNED, Abi.R_KIND, kind.id());
    view.set(JAVA_INT_UNALIGNED, Abi.R_LENGTH, (int) length);
    long end = append(record, false);
    expected.add(new Expected(kind, slot + 100, sector * 512, length, base + end, 0));
  }

  private void piece(int processor, Bio bio) {
    if (bio.loses && random.nextInt(3) == 0) {
      lost[processor] = bio.id;
      open[processor] = null;
      return;
    }
    int most = Math.min(Abi.PIECE, bio.total - bio.done);
    int length = random.nextInt(4) == 0 ? 1 + random.nextInt(most) : most;
    byte[] record = new byte[Abi.RECORD + Abi.PIECE];
    byte[] head = record(bio.id, bio.slot, processor, bio.sector);
    System.arraycopy(head, 0, record, 0, head.length);
    System.arraycopy(bio.content, bio.done, record, Abi.RECORD, length);
    MemorySegment view = MemorySegment.ofArray(record);
    view.set(JAVA_INT_UNALIGNED, Abi.R_KIND, RecordKind.WRITE.id());
    view.set(JAVA_INT_UNALIGNED, Abi.R_LENGTH, length);
    view.set(JAVA_INT_UNALIGNED, Abi.R_DONE, bio.done);
    bio.done += length;
    view.set(JAVA_INT_UNALIGNED, Abi.R_LEFT, bio.total - bio.done);
    boolean broken = bio.breaks && random.nextInt(3) == 0;
    view.set(JAVA_INT_UNALIGNED, Abi.R_ERROR, broken ? 1 : 0);
    long end = append(record, false);
    if (broken) {
      lost[processor] = bio.id;
      expect(RecordKind.DEFERRED, bio, end, 0);
      open[processor] = null;
    } else if (bio.done == bio.total) {
      expect(RecordKind.WRITE, bio, end, Arrays.hashCode(bio.content));
      open[processor] = null;
    }
  }

  private void expect(RecordKind kind, Bio bio, long end, int content) {
    expected.add(
        new Expected(kind, bio.slot + 100, bio.sector * 512, bio.total, base + end, content));
  }

  private static byte[] record(long id, int slot, int processor, long sector) {
    byte[] record = new byte[Abi.RECORD];
    MemorySegment view = MemorySegment.ofArray(record);
    view.set(JAVA_LONG_UNALIGNED, Abi.R_ID, id);
    view.set(JAVA_INT_UNALIGNED, Abi.R_SLOT, slot);
    view.set(JAVA_INT_UNALIGNED, Abi.R_CPU, processor);
    view.set(JAVA_LONG_UNALIGNED, Abi.R_SECTOR, sector);
    return record;
  }

  /** Appends as the kernel does and says where the record ends. */
  long append(byte[] record, boolean discarded) {
    byte[] framed = new byte[8 + (record.length + 7 & ~7)];
    MemorySegment.ofArray(framed)
        .set(JAVA_INT_UNALIGNED, 0, record.length | (discarded ? 0x40000000 : 0));
    System.arraycopy(record, 0, framed, 8, record.length);
    bytes.writeBytes(framed);
    return begin + bytes.size();
  }
}
