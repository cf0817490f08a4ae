package dev.lifeboat.vault.hydrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * What of a hydration is done, kept in a file beside the target so that it can be resumed, and told
 * to whoever watches. Only what the target has synced is in the file. Thread-safe.
 */
public final class HydrationProgress {

  /**
   * How far it is.
   *
   * @param position bytes of the disk whose windows are complete
   * @param size bytes of the disk
   * @param windowDone bytes of the current window that are written
   * @param windowOwned bytes of it that there are to write
   * @param written bytes written by this run
   */
  public record Report(
      long position,
      long size,
      long windowDone,
      long windowOwned,
      long written,
      Duration elapsed) {}

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SAVE = Duration.ofSeconds(5);

  /** The target's disk works while chunks are fetched, instead of at the end. */
  private static final long SAVE_BYTES = 64L << 20;

  private static final long LIMIT = 512 << 20;

  private final Path file;
  private final String identity;
  private final Clock clock;
  private final Consumer<Report> watcher;
  private final Instant began;
  private Instant saved;
  private long savedBytes;
  private boolean saving;
  private long windowStart;
  private boolean holesDone;
  private BitSet chunks = new BitSet();
  private long size;
  private long windowDone;
  private long windowOwned;
  private long written;

  private HydrationProgress(Path file, String identity, Clock clock, Consumer<Report> watcher) {
    this.file = file;
    this.identity = identity;
    this.clock = clock;
    this.watcher = watcher;
    this.began = clock.instant();
    this.saved = began;
  }

  /** Begins anew; a file of an earlier run is removed. */
  public static HydrationProgress fresh(
      Path file, String identity, Clock clock, Consumer<Report> watcher) throws IOException {
    Files.deleteIfExists(file);
    HydrationProgress progress = new HydrationProgress(file, identity, clock, watcher);
    progress.save();
    return progress;
  }

  /** Goes on where the file says; it must be of the same point, disk and window. */
  public static HydrationProgress resumed(
      Path file, String identity, Clock clock, Consumer<Report> watcher) throws IOException {
    HydrationProgress progress = new HydrationProgress(file, identity, clock, watcher);
    try {
      if (Files.size(file) > LIMIT) {
        throw new TargetException(file + " is too long for a progress file");
      }
      JsonNode node = JSON.readTree(Files.readAllBytes(file));
      if (!identity.equals(node.path("identity").asText())) {
        throw new TargetException(
            file
                + " is the progress of another hydration ("
                + node.path("identity").asText()
                + "); start anew with --force");
      }
      progress.windowStart = node.path("windowStart").asLong();
      progress.holesDone = node.path("holesDone").asBoolean();
      progress.chunks = BitSet.valueOf(Base64.getDecoder().decode(node.path("chunks").asText()));
      return progress;
    } catch (TargetException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new TargetException(
          "there is no progress to resume in " + file + "; start anew with --force", e);
    }
  }

  synchronized long windowStart() {
    return windowStart;
  }

  synchronized boolean holesDone() {
    return holesDone;
  }

  synchronized boolean isDone(int chunk) {
    return chunks.get(chunk);
  }

  synchronized void window(long start, long owned, long diskSize) {
    windowStart = start;
    windowOwned = owned;
    windowDone = 0;
    size = diskSize;
    watcher.accept(report());
  }

  synchronized void holesAreDone() {
    holesDone = true;
  }

  void done(int chunk, long bytes, DiskTarget target) throws IOException {
    boolean due;
    boolean late;
    synchronized (this) {
      chunks.set(chunk);
      written += bytes;
      windowDone += bytes;
      Instant now = clock.instant();
      late = Duration.between(saved, now).compareTo(SAVE) >= 0;
      due = !saving && (late || written - savedBytes >= SAVE_BYTES);
      if (due) {
        saving = true;
        saved = late ? now : saved;
        savedBytes = written;
      }
    }
    if (due) {
      save(target);
    }
    if (due && late) {
      synchronized (this) {
        watcher.accept(report());
      }
    }
  }

  private void save(DiskTarget target) throws IOException {
    try {
      byte[] snapshot = snapshot();
      target.sync();
      store(snapshot);
    } finally {
      synchronized (this) {
        saving = false;
      }
    }
  }

  void windowDone(DiskTarget target, long next) throws IOException {
    target.sync();
    synchronized (this) {
      windowStart = next;
      holesDone = false;
      chunks.clear();
    }
    save();
  }

  /** The hydration is complete: nothing is left to resume. */
  public void complete() throws IOException {
    synchronized (this) {
      watcher.accept(report());
    }
    Files.deleteIfExists(file);
  }

  private Report report() {
    return new Report(
        Math.min(windowStart, size),
        size,
        windowDone,
        windowOwned,
        written,
        Duration.between(began, clock.instant()));
  }

  private void save() throws IOException {
    store(snapshot());
  }

  private synchronized byte[] snapshot() throws IOException {
    return JSON.writeValueAsBytes(
        JSON.createObjectNode()
            .put("version", 1)
            .put("identity", identity)
            .put("windowStart", windowStart)
            .put("holesDone", holesDone)
            .put("chunks", Base64.getEncoder().encodeToString(chunks.toByteArray())));
  }

  private synchronized void store(byte[] snapshot) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.write(next, snapshot);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
