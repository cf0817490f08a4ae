package dev.lifeboat.wire.journal;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the files of a directory still hold: from the oldest segment in use to the first break. */
final class Replay {
  final Deque<Segment> held = new ArrayDeque<>();
  final List<SegmentFile> free = new ArrayList<>();
  long newestNumber;

  /** Whether whole segments were dropped because the log broke before them. */
  boolean broken;

  private final Origin origin;
  private final int segmentBytes;
  private final Map<Long, Segment> found = new TreeMap<>();

  private Replay(Origin origin, int segmentBytes) {
    this.origin = origin;
    this.segmentBytes = segmentBytes;
  }

  static Replay of(Path directory, Origin origin, int segmentBytes) throws IOException {
    Replay replay = new Replay(origin, segmentBytes);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.hrl")) {
      for (Path path : files) {
        replay.find(path);
      }
      replay.walk();
    } catch (IOException | RuntimeException e) {
      replay.close();
      throw e;
    }
    return replay;
  }

  private void find(Path path) throws IOException {
    if (Files.size(path) != segmentBytes) {
      // Its making was cut short; or it is of another setting, cannot be used, and that is said.
      broken |= wasBegun(path);
      Files.delete(path);
      return;
    }
    SegmentFile file = SegmentFile.open(path);
    try {
      ByteBuffer block = Blocks.buffer(Blocks.SIZE);
      file.read(block, 0);
      SegmentHeader header = SegmentHeader.decode(block.flip());
      if (header.origin().equals(origin) && !found.containsKey(header.number())) {
        found.put(header.number(), new Segment(file, header));
        newestNumber = Math.max(newestNumber, header.number());
        return;
      }
    } catch (CorruptFrameException _) {
      // Never begun, or torn at its begin: it holds nothing.
    } catch (IOException e) {
      file.close();
      throw e;
    }
    free.add(file);
  }

  private static boolean wasBegun(Path path) throws IOException {
    try (InputStream file = Files.newInputStream(path)) {
      return SegmentHeader.hasMagic(file.readNBytes(Long.BYTES));
    }
  }

  private void walk() throws IOException {
    if (found.isEmpty()) {
      return;
    }
    Map<Long, Segment> rest = new HashMap<>(found);
    found.clear();
    long oldest = rest.get(newestNumber).header.oldest();
    FrameWindow window = new FrameWindow();
    for (long number = oldest; number <= newestNumber; number++) {
      Segment segment = rest.get(number);
      boolean joins =
          held.isEmpty()
              || (segment != null && segment.header.firstPosition() == held.getLast().lastPosition);
      if (segment == null || !joins) {
        broken = true;
        break;
      }
      rest.remove(number);
      held.add(segment);
      scan(segment, window);
    }
    rest.values().forEach(segment -> free.add(segment.file));
    if (held.stream().allMatch(segment -> segment.end == Blocks.SIZE)) {
      // Begun, and nothing written: the log may go on anywhere.
      held.forEach(segment -> free.add(segment.file));
      held.clear();
    }
  }

  /** Moves the segment's end behind its last whole frame. */
  private void scan(Segment segment, FrameWindow window) throws IOException {
    try {
      while (true) {
        Frame frame = window.read(segment, segment.end, segmentBytes);
        FrameHeader header = frame.header();
        if (!header.origin().equals(origin) || !Positions.joins(header, segment.lastPosition)) {
          return;
        }
        segment.end += FrameBlocks.length(header);
        segment.lastPosition = Positions.after(header, segment.lastPosition);
      }
    } catch (CorruptFrameException _) {
      // The first break ends what the segment holds.
      window.forget();
    }
  }

  void close() throws IOException {
    for (SegmentFile file : free) {
      file.close();
    }
    for (Segment segment : found.values()) {
      segment.file.close();
    }
    for (Segment segment : held) {
      segment.file.close();
    }
  }
}
