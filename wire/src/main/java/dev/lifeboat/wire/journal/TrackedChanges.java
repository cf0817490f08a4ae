package dev.lifeboat.wire.journal;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.Origin;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The frames that wait on the agent's disk, oldest first, within {@link Bounds}. They outlive the
 * process, not a power cut: nothing is flushed, for a reboot converges anyhow.
 *
 * <p>One thread appends; the file writes are made in {@link #append} only, by the calling thread.
 * One thread reads ({@link #reader}). {@link #release} and the figures may be called from any
 * thread. A thread in here must not be interrupted: that closes its file. Whoever opens closes; one
 * process at a time.
 */
public final class TrackedChanges implements Closeable {
  private static final String LOCK = "lock";

  private final Path directory;
  private final Origin origin;
  private final Bounds bounds;
  private final Space space;
  private final FileChannel lockFile;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Segment> held;
  private final Deque<SegmentFile> free;
  private final boolean broken;
  private long newestNumber;

  /** The held segment that a frame is being written to: it is not to be released. */
  private Optional<Segment> writing = Optional.empty();

  private ByteBuffer blocks = Blocks.buffer(FrameHeader.TARGET_RAW + 64 * 1024);

  private TrackedChanges(
      Path directory, Origin origin, Bounds bounds, Space space, FileChannel lockFile)
      throws IOException {
    this.directory = directory;
    this.origin = origin;
    this.bounds = bounds;
    this.space = space;
    this.lockFile = lockFile;
    Replay replay = Replay.of(directory, origin, bounds.segmentBytes());
    this.held = replay.held;
    this.free = new ArrayDeque<>(replay.free);
    this.newestNumber = replay.newestNumber;
    this.broken = replay.broken;
  }

  /**
   * Opens the directory (made if missing) and replays it up to the first break. Files of another
   * machine or lineage are used anew.
   */
  public static TrackedChanges open(Path directory, Origin origin, Bounds bounds, Space space)
      throws IOException {
    Files.createDirectories(directory);
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      lock(directory, lockFile);
      return new TrackedChanges(directory, origin, bounds, space, lockFile);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static void lock(Path directory, FileChannel lockFile) throws IOException {
    if (lockFile.tryLock() == null) {
      throw new IOException(directory + " is in use by another process; stop it first");
    }
  }

  /** Removes all tracked changes, and the directory if nothing else is in it. */
  public static void remove(Path directory) throws IOException {
    Path lock = directory.resolve(LOCK);
    if (!Files.exists(lock)) {
      return;
    }
    try (FileChannel lockFile = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      lock(directory, lockFile);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.hrl")) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(lock);
    }
    try (DirectoryStream<Path> rest = Files.newDirectoryStream(directory)) {
      if (rest.iterator().hasNext()) {
        return;
      }
    }
    Files.delete(directory);
  }

  /**
   * Appends a frame; the whole of it is written when this returns.
   *
   * @throws IllegalArgumentException if the frame is of another log, fits no file, or does not
   *     begin where the last one ended while that is still held
   * @throws IOException if the disk refuses the write; the frame is not held then
   */
  public Append append(Frame frame) throws IOException {
    FrameHeader header = frame.header();
    int length = FrameBlocks.length(header);
    if (!header.origin().equals(origin) || length > bounds.segmentBytes() - Blocks.SIZE) {
      throw new IllegalArgumentException("the frame is of another log or too long: " + frame);
    }
    Optional<Segment> current = current(header, length);
    if (current.isEmpty()) {
      Optional<String> obstacle = makeRoom();
      if (obstacle.isPresent()) {
        return new Append.Full(obstacle.get());
      }
      current = Optional.of(begin(header.span().from()));
    }
    Segment segment = current.get();
    if (blocks.capacity() < length) {
      blocks = Blocks.buffer(length);
    }
    FrameBlocks.encode(blocks, segment.header.generation(), frame);
    boolean written = false;
    try {
      segment.file.write(blocks, segment.end);
      written = true;
    } finally {
      finish(segment, written ? Optional.of(header) : Optional.empty());
    }
    return new Append.Done(heldSegments());
  }

  /** Holds what was written; a file whose first frame failed is the next to be tried. */
  private void finish(Segment segment, Optional<FrameHeader> written) {
    lock.lock();
    try {
      writing = Optional.empty();
      if (written.isPresent()) {
        segment.end += FrameBlocks.length(written.get());
        segment.lastPosition = Positions.after(written.get(), segment.lastPosition);
        if (held.peekLast() != segment) {
          held.addLast(segment);
          newestNumber = segment.header.number();
        }
      } else if (held.peekLast() != segment) {
        free.addFirst(segment.file);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The segment that the frame goes into, if the newest one takes it. */
  private Optional<Segment> current(FrameHeader header, int length) {
    lock.lock();
    try {
      if (held.isEmpty()) {
        return Optional.empty();
      }
      Segment last = held.getLast();
      if (!Positions.joins(header, last.lastPosition)) {
        throw new IllegalArgumentException(
            "the frame begins at %d, the log ends at %d"
                .formatted(header.span().from(), last.lastPosition));
      }
      writing = last.end + length <= bounds.segmentBytes() ? Optional.of(last) : Optional.empty();
      return writing;
    } finally {
      lock.unlock();
    }
  }

  /** Sees to it that a file is free; the obstacle if there is one. Writes only new files. */
  private Optional<String> makeRoom() throws IOException {
    int files;
    lock.lock();
    try {
      if (!free.isEmpty()) {
        return Optional.empty();
      }
      files = held.size();
    } finally {
      lock.unlock();
    }
    int most = bounds.segments(space);
    if (files >= most) {
      return Optional.of("all %d files of tracked changes are in use".formatted(most));
    }
    long missing = bounds.missing(space, bounds.segmentBytes());
    if (missing > 0) {
      return Optional.of("%d bytes are missing to keep 10 %% free".formatted(missing));
    }
    try {
      SegmentFile made = SegmentFile.create(unusedPath(), bounds.segmentBytes());
      lock.lock();
      try {
        free.add(made);
      } finally {
        lock.unlock();
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("a file cannot be made: " + e.getMessage());
    }
  }

  private Path unusedPath() {
    for (long number = 1; ; number++) {
      Path path = directory.resolve("%016d.hrl".formatted(number));
      if (!Files.exists(path)) {
        return path;
      }
    }
  }

  /** Begins the next segment in a free file; it is held once its first frame is written. */
  private Segment begin(long firstPosition) throws IOException {
    SegmentHeader header;
    SegmentFile file;
    lock.lock();
    try {
      file = free.remove();
      long number = newestNumber + 1;
      long oldest = held.isEmpty() ? number : held.getFirst().header.number();
      long first = held.isEmpty() ? firstPosition : held.getLast().lastPosition;
      header = new SegmentHeader(origin, number, oldest, first, random.nextLong());
    } finally {
      lock.unlock();
    }
    Segment segment = new Segment(file, header);
    boolean written = false;
    try {
      header.encode(blocks);
      file.write(blocks, 0);
      written = true;
    } finally {
      if (!written) {
        finish(segment, Optional.empty());
      }
    }
    return segment;
  }

  /** Lets go of every file whose frames all end at or before the position. */
  public void release(long position) {
    lock.lock();
    try {
      while (!held.isEmpty()
          && held.getFirst().lastPosition <= position
          && writing.orElse(null) != held.getFirst()) {
        free.add(held.removeFirst().file);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives up the oldest file after {@code consumer} has seen each of its frames, so that their
   * ranges can be read again from the disk. Called by the appending thread.
   *
   * @return how far the log is gone now; empty if nothing is held
   * @throws CorruptFrameException if the file is damaged: it is given up all the same, and nobody
   *     knows the ranges behind what {@code consumer} has seen
   */
  public Optional<Long> giveUpOldest(Consumer<Frame> consumer) throws IOException {
    Segment oldest;
    lock.lock();
    try {
      if (held.isEmpty()) {
        return Optional.empty();
      }
      oldest = held.getFirst();
    } finally {
      lock.unlock();
    }
    try {
      FrameWindow window = new FrameWindow();
      for (int at = Blocks.SIZE; at < oldest.end; ) {
        Frame frame = window.read(oldest, at, oldest.end);
        consumer.accept(frame);
        at += FrameBlocks.length(frame.header());
      }
    } finally {
      lock.lock();
      try {
        if (held.remove(oldest)) {
          free.add(oldest.file);
        }
      } finally {
        lock.unlock();
      }
    }
    return Optional.of(oldest.lastPosition);
  }

  /** Deletes files that nothing uses while less than 10 % of the file system is free. */
  public void trim() throws IOException {
    while (bounds.missing(space, 0) > 0) {
      SegmentFile spare;
      lock.lock();
      try {
        if (free.isEmpty()) {
          return;
        }
        spare = free.removeLast();
      } finally {
        lock.unlock();
      }
      spare.delete();
    }
  }

  /** A reader before the oldest frame. One at a time. */
  public TrackedReader reader() {
    return new TrackedReader(this);
  }

  /** The first segment held from a number on, and how far it is written. */
  Optional<Extent> from(long number) {
    lock.lock();
    try {
      return held.stream()
          .filter(segment -> segment.header.number() >= number)
          .findFirst()
          .map(segment -> new Extent(segment, segment.end, segment == held.getLast()));
    } finally {
      lock.unlock();
    }
  }

  /** A segment as it stood when it was asked for. */
  record Extent(Segment segment, int end, boolean newest) {}

  /** Where the held log begins; empty if nothing is held. */
  public Optional<Long> firstPosition() {
    lock.lock();
    try {
      return Optional.ofNullable(held.peekFirst()).map(segment -> segment.header.firstPosition());
    } finally {
      lock.unlock();
    }
  }

  /** Where the held log ends; empty if nothing is held. */
  public Optional<Long> lastPosition() {
    lock.lock();
    try {
      return Optional.ofNullable(held.peekLast()).map(segment -> segment.lastPosition);
    } finally {
      lock.unlock();
    }
  }

  /** Files in use. */
  public int heldSegments() {
    lock.lock();
    try {
      return held.size();
    } finally {
      lock.unlock();
    }
  }

  /** Whether replay had to drop whole files behind a break: the log ends too early. */
  public boolean wasBroken() {
    return broken;
  }

  /** Closes the files and lets another process in. */
  @Override
  public void close() throws IOException {
    try (lockFile) {
      for (Segment segment : held) {
        segment.file.close();
      }
      for (SegmentFile file : free) {
        file.close();
      }
    }
  }
}
