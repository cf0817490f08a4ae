package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.segment.SegmentIndex;
import dev.lifeboat.vault.segment.SegmentReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Fetches the chunks that own something of a window, and writes what they own. */
final class WindowWriter {

  private final Hydration hydration;
  private final OwnerMap owners;
  private final DiskTarget target;
  private final HydrationProgress progress;

  WindowWriter(
      Hydration hydration, OwnerMap owners, DiskTarget target, HydrationProgress progress) {
    this.hydration = hydration;
    this.owners = owners;
    this.target = target;
    this.progress = progress;
  }

  /** One segment's chunks that are to be written. */
  private record Work(int segment, BitSet chunks) {}

  /** A stretch of a chunk's raw bytes, and where it goes. */
  private record Piece(long offset, int place, int length) {}

  /** An entry of one chunk. */
  private record Entry(SegmentIndex index, int segment, int entry, boolean base)
      implements ReplayOrder {
    @Override
    public long position() {
      return index.position(entry);
    }
  }

  void write(BitSet chunks, int threads) throws IOException {
    List<Work> work = work(chunks);
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      ExecutorCompletionService<Boolean> done = new ExecutorCompletionService<>(pool);
      for (int i = 0; i < threads; i++) {
        done.submit(() -> drain(work, next));
      }
      try {
        for (int i = 0; i < threads; i++) {
          done.take().get();
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      } finally {
        next.set(work.size());
        pool.shutdown();
      }
    }
  }

  private boolean drain(List<Work> work, AtomicInteger next) throws IOException {
    try (var space = new SegmentReader.Workspace()) {
      for (int i = next.getAndIncrement(); i < work.size(); i = next.getAndIncrement()) {
        segment(work.get(i), space);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      next.set(work.size());
      throw e;
    }
  }

  private List<Work> work(BitSet chunks) {
    List<Work> work = new ArrayList<>();
    ChunkNumbers numbers = hydration.numbers();
    for (int n = chunks.nextSetBit(0); n >= 0; ) {
      int segment = numbers.segment(n);
      BitSet mine = new BitSet();
      for (; n >= 0 && n < numbers.end(segment); n = chunks.nextSetBit(n + 1)) {
        if (!progress.isDone(n)) {
          mine.set(n - numbers.number(segment, 0));
        }
      }
      if (!mine.isEmpty()) {
        work.add(new Work(segment, mine));
      }
    }
    return work;
  }

  private void segment(Work work, SegmentReader.Workspace space) throws IOException {
    SegmentReader reader = hydration.segment(work.segment());
    Map<Integer, List<Entry>> entries = new HashMap<>();
    collect(entries, reader.footer().log(), false, work);
    collect(entries, reader.footer().base(), true, work);
    reader.read(
        work.chunks(),
        space,
        chunk -> {
          int number = hydration.numbers().number(work.segment(), chunk);
          long bytes = write(pieces(entries.getOrDefault(chunk, List.of()), number), space.raw());
          progress.done(number, bytes, target);
        });
  }

  private void collect(
      Map<Integer, List<Entry>> entries, SegmentIndex index, boolean base, Work work) {
    for (int i = 0; i < index.size(); i++) {
      boolean within =
          index.isWrite(i)
              && index.disk(i) == hydration.disk()
              && work.chunks().get(index.chunk(i))
              && hydration.merge().includes(work.segment(), base, index, i);
      if (within) {
        entries
            .computeIfAbsent(index.chunk(i), _ -> new ArrayList<>())
            .add(new Entry(index, work.segment(), i, base));
      }
    }
  }

  /** What the chunk owns, newest entry first so that each sector is taken from its newest. */
  private List<Piece> pieces(List<Entry> entries, int number) throws IOException {
    entries.sort(ReplayOrder.OLDEST_FIRST.reversed());
    List<Piece> pieces = new ArrayList<>();
    for (Entry e : entries) {
      long offset = e.index().offset(e.entry());
      int place = e.index().place(e.entry());
      owners.claim(
          offset,
          e.index().length(e.entry()),
          number,
          (at, length) -> pieces.add(new Piece(at, place + (int) (at - offset), length)));
    }
    return pieces;
  }

  /** Writes pieces, those that are neighbours on the disk and in the chunk together. */
  private long write(List<Piece> pieces, byte[] raw) throws IOException {
    pieces.sort(Comparator.comparingLong(Piece::offset));
    long bytes = 0;
    for (int i = 0; i < pieces.size(); ) {
      Piece first = pieces.get(i);
      int length = first.length();
      int next = i + 1;
      while (next < pieces.size()
          && pieces.get(next).offset() == first.offset() + length
          && pieces.get(next).place() == first.place() + length) {
        length += pieces.get(next++).length();
      }
      int within = (int) Math.min(length, Math.max(0, hydration.size() - first.offset()));
      target.write(first.offset(), raw, first.place(), within);
      bytes += length;
      i = next;
    }
    return bytes;
  }
}
