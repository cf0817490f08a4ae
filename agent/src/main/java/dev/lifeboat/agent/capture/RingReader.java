package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.RecordKind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Reads a ring and puts the pieces of each write together: a write is handed over whole, where its
 * last piece stands. What it hands over depends on the ring's content alone, not on when it is
 * read, so that a second reading gives the same records and the same chain. One thread.
 */
final class RingReader {
  /** Which write of a CPU was lost last, and is told so. */
  interface LostWrites {
    /** Its number; writes of one CPU are numbered upwards from 1. */
    long last(int processor);
  }

  private record Suspect(int processor, long id) {}

  private static final int HEADER = 8;
  private static final int BUSY = 0x80000000;
  private static final int DISCARDED = 0x40000000;
  private static final int LENGTH = 0x3fffffff;
  private static final int SECTOR = 512;

  private final RingMemory ring;
  private final long base;
  private final IntUnaryOperator disks;
  private final LostWrites lost;
  private final Map<Integer, OpenBio> open = new HashMap<>();
  private long cursor;
  private long known;
  private int delivered;
  private long payload;

  /**
   * A reader that begins at the ring's consumer position.
   *
   * @param base what is added to a place in the ring to make a position
   * @param disks from slot to disk id, or -1
   */
  RingReader(RingMemory ring, long base, IntUnaryOperator disks, LostWrites lost) {
    this.ring = ring;
    this.base = base;
    this.disks = disks;
    this.lost = lost;
    seek(ring.consumer(), ring.consumer());
  }

  /**
   * Begins anew.
   *
   * @param from where the records are held from
   * @param delivered writes that ended up to here are not handed over again
   */
  void seek(long from, long delivered) {
    open.clear();
    cursor = from;
    known = delivered;
  }

  /** Up to where everything was handed over. */
  long delivered() {
    return Math.max(cursor, known);
  }

  /** From where on the ring is still needed. */
  long heldFrom() {
    long from = cursor;
    for (OpenBio bio : open.values()) {
      from = Math.min(from, bio.begin());
    }
    return from;
  }

  /** Hands over what is there, up to {@code budget} bytes of payload; says how many records. */
  int poll(RecordSink sink, long budget) {
    List<Suspect> suspects = suspects();
    long producer = ring.producer();
    delivered = 0;
    payload = 0;
    while (cursor < producer && payload < budget) {
      if (producer - cursor < HEADER) {
        throw new BrokenRingException(cursor, "a record is cut short");
      }
      int word = ring.header(cursor);
      if ((word & BUSY) != 0) {
        return delivered;
      }
      int length = word & LENGTH;
      long next = cursor + HEADER + ((length + 7L) & ~7L);
      if (next > producer) {
        throw new BrokenRingException(
            cursor, "a record of " + length + " bytes goes beyond the end");
      }
      if ((word & DISCARDED) == 0) {
        record(sink, length, next);
      }
      cursor = next;
    }
    if (cursor >= producer) {
      suspects.forEach(this::dropIfStillOpen);
    }
    return delivered;
  }

  /** Writes that are lost if their end does not stand before the producer that is read next. */
  private List<Suspect> suspects() {
    if (open.isEmpty()) {
      return List.of();
    }
    List<Suspect> suspects = new ArrayList<>();
    open.forEach((processor, bio) -> {
      if (lost.last(processor) >= bio.id()) {
        suspects.add(new Suspect(processor, bio.id()));
      }
    });
    return suspects;
  }

  private void dropIfStillOpen(Suspect suspect) {
    OpenBio bio = open.get(suspect.processor);
    if (bio != null && bio.id() == suspect.id) {
      open.remove(suspect.processor);
    }
  }

  private void record(RecordSink sink, int length, long end) {
    if (length != Abi.RECORD && length != Abi.RECORD + Abi.PIECE) {
      throw new BrokenRingException(cursor, "a record of " + length + " bytes");
    }
    MemorySegment record = ring.bytes(cursor + HEADER, Abi.RECORD);
    int processor = record.get(JAVA_INT_UNALIGNED, Abi.R_CPU);
    long id = record.get(JAVA_LONG_UNALIGNED, Abi.R_ID);
    OpenBio before = open.get(processor);
    if (before != null && before.id() != id) {
      open.remove(processor); // the CPU went on to another: the rest of this one was lost
      before = null;
    }
    int kind = record.get(JAVA_INT_UNALIGNED, Abi.R_KIND);
    if (kind == RecordKind.WRITE.id()) {
      if (length == Abi.RECORD) {
        throw new BrokenRingException(cursor, "a write without payload");
      }
      piece(sink, record, before, end);
    } else {
      whole(sink, record, kind, end);
    }
  }

  private void whole(RecordSink sink, MemorySegment record, int kind, long end) {
    RecordKind known;
    try {
      known = RecordKind.of(kind);
    } catch (CorruptFrameException e) {
      throw new BrokenRingException(cursor, e.getMessage());
    }
    long bytes = record.get(JAVA_INT_UNALIGNED, Abi.R_LENGTH) & 0xffffffffL;
    long sector = sector(record);
    range(sink, known, record.get(JAVA_INT_UNALIGNED, Abi.R_SLOT), sector, bytes, end);
  }

  private long sector(MemorySegment record) {
    long sector = record.get(JAVA_LONG_UNALIGNED, Abi.R_SECTOR);
    if (sector < 0 || sector > Long.MAX_VALUE / SECTOR / 2) {
      throw new BrokenRingException(cursor, "sector " + sector);
    }
    return sector;
  }

  private int disk(int slot) {
    int disk = slot < 0 || slot >= Abi.SLOTS ? -1 : disks.applyAsInt(slot);
    if (disk < 0) {
      throw new BrokenRingException(cursor, "no disk has the slot " + slot);
    }
    return disk;
  }

  private void range(
      RecordSink sink, RecordKind kind, int slot, long sector, long bytes, long end) {
    if (end > known) {
      sink.range(kind, disk(slot), sector * SECTOR, bytes, base + end);
      delivered++;
      payload += Abi.RECORD;
    }
  }

  private void piece(RecordSink sink, MemorySegment record, OpenBio before, long end) {
    int processor = record.get(JAVA_INT_UNALIGNED, Abi.R_CPU);
    long id = record.get(JAVA_LONG_UNALIGNED, Abi.R_ID);
    int slot = record.get(JAVA_INT_UNALIGNED, Abi.R_SLOT);
    int bytes = record.get(JAVA_INT_UNALIGNED, Abi.R_LENGTH);
    long left = record.get(JAVA_INT_UNALIGNED, Abi.R_LEFT) & 0xffffffffL;
    long done = record.get(JAVA_INT_UNALIGNED, Abi.R_DONE) & 0xffffffffL;
    long sector = sector(record);
    if (bytes <= 0 || bytes > Abi.PIECE || done + bytes + left > Abi.LARGEST_COPY) {
      throw new BrokenRingException(cursor, "a piece of " + bytes + " bytes, " + left + " left");
    }
    OpenBio bio = before;
    if (bio == null) {
      if (done != 0) {
        orphan(left, end);
        return;
      }
      bio = new OpenBio(id, slot, sector, bytes + left);
    }
    if (!bio.accepts(sector, slot, done, left, bytes)) {
      throw new BrokenRingException(cursor, "a piece that does not fit the one before it");
    }
    bio.add(cursor, bytes);
    if (record.get(JAVA_INT_UNALIGNED, Abi.R_ERROR) != 0) {
      open.remove(processor);
      range(sink, RecordKind.DEFERRED, slot, sector, bio.total(), end);
    } else if (left == 0) {
      open.remove(processor);
      write(sink, bio, end);
    } else {
      open.put(processor, bio);
    }
  }

  /** Its first pieces were given back: it was handed over then, or was lost. */
  private void orphan(long left, long end) {
    if (left == 0 && end > known) {
      throw new BrokenRingException(cursor, "the last piece of a write without the others");
    }
  }

  private void write(RecordSink sink, OpenBio bio, long end) {
    if (end <= known) {
      return;
    }
    int disk = disk(bio.slot());
    sink.write(disk, bio.sector() * SECTOR, (int) bio.total(), base + end);
    for (int i = 0; i < bio.pieces(); i++) {
      sink.payload(ring.bytes(bio.place(i) + HEADER + Abi.RECORD, bio.length(i)));
    }
    delivered++;
    payload += bio.total();
  }
}
