package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.RecordCursor;
import dev.lifeboat.wire.frame.RecordKind;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;

/**
 * Where payload waits to become chunks. A write over exactly the range of one that still waits,
 * with no mark between them, takes its place. A body that comes compressed and large enough waits
 * for nothing: it is a chunk as it stands. Not thread-safe.
 */
final class Stage implements Closeable {

  private static final int CAPACITY = 4 << 20;
  private static final int MAX_WRITES = 8 << 10;

  /** The chunk of an entry whose payload still waits. */
  private static final int WAITING = -1;

  private final byte[] payload = new byte[CAPACITY];
  private final int[] slots = new int[MAX_WRITES + 1];
  private final RangeMap waiting = new RangeMap(MAX_WRITES);
  private final ChunkSealer sealer;
  private final SegmentIndex log = new SegmentIndex();
  private final SegmentIndex base = new SegmentIndex();
  private int slotCount;
  private int logStart;
  private int baseStart;
  private int used;
  private long coalesced;

  Stage(SliceCipher cipher, byte[] aad) {
    this.sealer = new ChunkSealer(cipher, aad);
  }

  void write(boolean isBase, RecordCursor record, byte[] raw) {
    int length = (int) record.length();
    for (int done = 0; done < length; done += ChunkPlace.MAX_RAW) {
      int piece = Math.min(ChunkPlace.MAX_RAW, length - done);
      piece(isBase, record, raw, done, piece);
    }
  }

  private void piece(boolean isBase, RecordCursor record, byte[] raw, int done, int length) {
    if (used + length > CAPACITY || slotCount == MAX_WRITES) {
      flush();
    }
    long offset = record.offset() + done;
    int at = isBase ? -1 : takeOver(record.disk(), offset, length);
    if (at < 0) {
      at = used;
      slots[slotCount++] = at;
      used += length;
    }
    System.arraycopy(raw, record.payloadOffset() + done, payload, at, length);
    SegmentIndex index = isBase ? base : log;
    int entry = index.add(RecordKind.WRITE.id(), record.disk(), offset, length, record.position());
    index.place(entry, WAITING, at);
    if (!isBase) {
      waiting.put(log, entry);
    }
  }

  /** Makes a chunk of a zstd frame that was made elsewhere; {@link #refer} names what is in it. */
  int pass(byte[] packed, int rawLength) {
    return sealer.pass(packed, rawLength);
  }

  /** A write whose payload lies in a chunk of {@link #pass}. */
  void refer(boolean isBase, RecordCursor record, int chunk) {
    SegmentIndex index = isBase ? base : log;
    int length = (int) record.length();
    int entry =
        index.add(RecordKind.WRITE.id(), record.disk(), record.offset(), length, record.position());
    index.place(entry, chunk, record.payloadOffset());
  }

  private int takeOver(int disk, long offset, int length) {
    int old = waiting.find(log, disk, offset, length);
    if (old < 0) {
      return -1;
    }
    coalesced += length;
    int at = log.place(old);
    log.drop(old);
    return at;
  }

  void range(boolean isBase, RecordCursor record) {
    long length = record.length();
    for (long done = 0; done < length; done += SegmentIndex.MAX_LENGTH) {
      int piece = (int) Math.min(SegmentIndex.MAX_LENGTH, length - done);
      SegmentIndex index = isBase ? base : log;
      index.add(
          record.kind().id(), record.disk(), record.offset() + done, piece, record.position());
    }
  }

  /** From here on nothing that stands before is overwritten. */
  void mark() {
    waiting.clear();
  }

  /** Makes chunks of all that waits. */
  void flush() {
    int firstChunk = sealer.chunks().size();
    int[] starts = chunkStarts();
    for (int i = 0; i + 1 < starts.length; i++) {
      sealer.seal(payload, starts[i], starts[i + 1] - starts[i]);
    }
    log.compact(logStart);
    place(log, logStart, firstChunk, starts);
    place(base, baseStart, firstChunk, starts);
    logStart = log.size();
    baseStart = base.size();
    waiting.clear();
    slotCount = 0;
    used = 0;
  }

  /** Where chunks begin, and the end: cut between slots, each chunk as long as it may be. */
  private int[] chunkStarts() {
    List<Integer> starts = new ArrayList<>();
    slots[slotCount] = used;
    for (int i = 0; i < slotCount; i++) {
      boolean first = starts.isEmpty();
      if (first || slots[i + 1] - starts.getLast() > ChunkPlace.MAX_RAW) {
        starts.add(slots[i]);
      }
    }
    starts.add(used);
    return starts.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void place(SegmentIndex index, int start, int firstChunk, int[] starts) {
    for (int i = start; i < index.size(); i++) {
      if (index.isWrite(i) && index.chunk(i) == WAITING) {
        int at = index.place(i);
        int chunk = 0;
        while (at >= starts[chunk + 1]) {
          chunk++;
        }
        index.place(i, firstChunk + chunk, at - starts[chunk]);
      }
    }
  }

  long size() {
    return sealer.end() + used;
  }

  long end() {
    return sealer.end();
  }

  int entries() {
    return log.size() + base.size();
  }

  int chunkCount() {
    return sealer.chunks().size();
  }

  long coalescedBytes() {
    return coalesced;
  }

  List<ChunkPlace> chunks() {
    return sealer.chunks();
  }

  List<byte[]> sealed() {
    return sealer.sealed();
  }

  SegmentIndex log() {
    return log;
  }

  SegmentIndex base() {
    return base;
  }

  @Override
  public void close() {
    sealer.close();
  }
}
