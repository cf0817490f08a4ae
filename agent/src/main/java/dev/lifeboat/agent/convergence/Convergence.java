package dev.lifeboat.agent.convergence;

import dev.lifeboat.agent.capture.CaptureSource;
import dev.lifeboat.agent.capture.CapturedDisk;
import dev.lifeboat.agent.capture.Losses;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the far side equal to the machine, and says when it is. What is not known to be equal
 * stands in the change maps; passes read it and hand out {@link BaseBlocks}; when the maps are
 * empty and nothing was lost meanwhile, marks are points.
 *
 * <p>Belongs to the shipping thread.
 */
public final class Convergence {
  private static final Logger LOG = LoggerFactory.getLogger(Convergence.class);
  private static final int EMPTY_RUNS_AT_ONCE = 64;

  private final CaptureSource source;
  private final DiskReader reader;
  private final BaseFrames frames;
  private final StateDirectory state;
  private final RateLimit rate;
  private final LongSupplier nanos;
  private final ReadSpeed speed;
  private final Map<Integer, DiskCopy> copies = new TreeMap<>();
  private Standing standing;
  private int underWay;
  private int turn;

  /** Over the disks of a source, as this lineage and boot left them. */
  public Convergence(Parts parts, UUID lineage, UUID bootId) {
    this.source = parts.source();
    this.reader = parts.reader();
    this.frames = parts.frames();
    this.state = parts.state();
    this.rate = parts.rate();
    this.nanos = parts.nanos();
    this.speed = new ReadSpeed(nanos);
    Optional<Standing> last = state.read(Standing.FILE, Standing.class);
    if (last.isEmpty() || !last.get().lineage().equals(lineage)) {
      standing = started(lineage, bootId, "first copy");
    } else if (last.get().bootId().equals(bootId)) {
      standing = last.get();
      resume();
    } else {
      standing = rebooted(last.get(), bootId);
    }
  }

  /** What it works with; reader and frames stay with their owner. */
  public record Parts(
      CaptureSource source,
      DiskReader reader,
      BaseFrames frames,
      StateDirectory state,
      RateLimit rate,
      LongSupplier nanos) {}

  /** A new lineage: the far side's image of it is empty. */
  public void newLineage(UUID lineage, String reason) {
    standing = started(lineage, standing.bootId(), reason);
    underWay = 0;
  }

  private Standing started(UUID lineage, UUID bootId, String reason) {
    copies.clear();
    for (CapturedDisk disk : source.disks()) {
      unread(disk, reason).targetIsEmpty();
    }
    Set<Integer> all = copies.keySet();
    long answered = source.losses().withoutRange();
    return write(new Standing(lineage, bootId, false, false, 0, answered, all, all));
  }

  private Standing rebooted(Standing last, UUID bootId) {
    for (CapturedDisk disk : source.disks()) {
      unread(disk, "reboot");
    }
    long answered = source.losses().withoutRange();
    return write(
        new Standing(
            last.lineage(),
            bootId,
            last.held(),
            false,
            0,
            answered,
            last.members(),
            copies.keySet()));
  }

  private DiskCopy unread(CapturedDisk disk, String reason) {
    DiskCopy copy = new DiskCopy(source, disk, nanos, reason);
    copy.markAll(reason);
    copies.put(disk.id(), copy);
    return copy;
  }

  private void resume() {
    for (CapturedDisk disk : source.disks()) {
      if (standing.known().contains(disk.id())) {
        DiskCopy copy = new DiskCopy(source, disk, nanos, "the agent was restarted");
        if (!standing.settled()) {
          copy.reclaim("the agent was restarted");
        }
        copies.put(disk.id(), copy);
      }
    }
  }

  private Standing write(Standing next) {
    state.write(Standing.FILE, next);
    return next;
  }

  /** Looks at disks, losses and maps; a loss ends the consistency, whole disks if need be. */
  public void refresh() {
    refreshDisks();
    Losses losses = source.losses();
    if (losses.withoutRange() != standing.withoutRange()) {
      wholeMachine(
          losses.missed() > 0 ? "the kernel skipped writes" : "writes are unaccounted for");
      standing = write(standing.withAnswered(losses.withoutRange()));
    }
    for (DiskCopy copy : copies.values()) {
      if (copy.equal() && (copy.equalLosses() != losses.total() || copy.dirty())) {
        copy.again("writes were not kept whole");
      }
    }
  }

  private void refreshDisks() {
    List<CapturedDisk> now = source.disks();
    Set<Integer> ids = now.stream().map(CapturedDisk::id).collect(Collectors.toSet());
    boolean changed = copies.values().removeIf(copy -> gone(copy, ids));
    for (CapturedDisk disk : now) {
      DiskCopy copy = copies.get(disk.id());
      if (copy == null) {
        unread(disk, "new disk");
        changed = true;
      } else if (!copy.disk().equals(disk)) {
        // It went and returned between two looks: who wrote to it meanwhile is unknown.
        reader.forget(copy.disk());
        unread(disk, "disk " + disk.id() + " was away");
      }
    }
    if (changed) {
      standing = write(standing.withDisks(standing.members(), copies.keySet()));
    }
  }

  private boolean gone(DiskCopy copy, Set<Integer> ids) {
    boolean gone = !ids.contains(copy.disk().id());
    if (gone) {
      reader.forget(copy.disk());
    }
    return gone;
  }

  /** Everything is to be read again. */
  public void wholeMachine(String reason) {
    LOG.warn("all disks are read again: {}", reason);
    copies.values().forEach(copy -> copy.markAll(reason));
  }

  /** What is in no vault is to be read again: the far side lost it. */
  public void reclaim(String reason) {
    LOG.warn("what is not in the vault is read again: {}", reason);
    copies.values().forEach(copy -> copy.reclaim(reason));
  }

  /** A range of a disk is to be read again; of an unknown disk there is nothing to read. */
  public void mark(int disk, long offset, long length, String reason) {
    DiskCopy copy = copies.get(disk);
    if (copy != null) {
      copy.mark(offset, length, reason);
    }
  }

  /** A range travels by the log: it is remembered until it is in the vault. */
  public void shipped(int disk, long offset, long length) {
    DiskCopy copy = copies.get(disk);
    if (copy != null) {
      copy.shipped(offset, length);
    }
  }

  /** What was shipped before the last turn is in the vault. */
  public void turn() {
    copies.values().forEach(DiskCopy::turn);
  }

  /** The next blocks, read now; empty if the rate is used up or nothing is left to read. */
  public Optional<BaseBlocks> next(Origin origin, Chain chain) {
    for (int i = 0; i < EMPTY_RUNS_AT_ONCE && rate.open(); i++) {
      Optional<DiskCopy.Run> run = Optional.empty();
      DiskCopy copy = null;
      List<DiskCopy> all = List.copyOf(copies.values());
      for (int tried = 0; tried < all.size() && run.isEmpty(); tried++) {
        copy = all.get(Math.floorMod(turn + tried, all.size()));
        run = take(copy);
      }
      if (run.isEmpty()) {
        return Optional.empty();
      }
      turn++;
      Optional<BaseBlocks> blocks = read(copy, run.get(), origin, chain);
      if (blocks.isPresent()) {
        underWay++;
        return blocks;
      }
    }
    return Optional.empty();
  }

  private Optional<DiskCopy.Run> take(DiskCopy copy) {
    if (!copy.equal() && standing.settled()) {
      standing = write(standing.withSettled(false, 0));
    }
    Optional<DiskCopy.Run> run = copy.take();
    int id = copy.disk().id();
    if (copy.equal() && !standing.members().contains(id)) {
      Set<Integer> members = new HashSet<>(standing.members());
      members.add(id);
      standing = write(standing.withDisks(members, standing.known()));
    }
    return run;
  }

  private Optional<BaseBlocks> read(DiskCopy copy, DiskCopy.Run run, Origin origin, Chain chain) {
    int length = copy.length(run.first(), run.granules());
    try {
      MemorySegment blocks = reader.read(copy.disk(), run.offset(), length);
      rate.take(length);
      speed.read(length);
      copy.read();
      Optional<Frame> frame =
          frames.frame(
              new BaseFrames.Place(origin, chain, run.position()),
              copy.disk(),
              run.offset(),
              blocks,
              copy.leavesZerosOut());
      return frame.map(made -> new BaseBlocks(copy.disk(), run.offset(), length, made));
    } catch (IOException e) {
      reader.forget(copy.disk());
      copy.failed(
          run,
          "disk %d cannot be read at %d: %s"
              .formatted(copy.disk().id(), run.offset(), e.getMessage()));
      LOG.warn("{}", copy.reason());
      return Optional.empty();
    }
  }

  /** Blocks have arrived for good. */
  public void durable(BaseBlocks blocks, long sequence) {
    underWay--;
    if (underWay == 0) {
      settle(sequence);
    }
  }

  /** Something of this lineage is held by the far side. */
  public void held(long sequence) {
    if (!standing.held()) {
      standing = write(standing.withHeld());
    }
    if (underWay == 0 && !standing.settled()) {
      settle(sequence);
    }
  }

  private void settle(long sequence) {
    if (!copies.isEmpty() && copies.values().stream().allMatch(DiskCopy::equal)) {
      standing = write(standing.withSettled(true, sequence));
    }
  }

  /** Blocks did not arrive: they are to be read again. */
  public void lost(BaseBlocks blocks) {
    underWay--;
    mark(blocks.disk().id(), blocks.offset(), blocks.length(), "blocks were lost under way");
  }

  /** Whether the far side must hold something of this lineage. */
  public boolean isHeld() {
    return standing.held();
  }

  /** The sequence that the far side must hold, or blocks are missing there; 0 if unknown. */
  public long settledSequence() {
    return standing.settled() ? standing.sequence() : 0;
  }

  /**
   * What a mark taken now would be: the position first, then the losses, then disks and maps. A
   * disk that returned since the last look has writes before the position, and its image is of the
   * disk before.
   */
  public Judgement judge() {
    long position = source.producerPosition();
    long losses = source.losses().total();
    List<CapturedDisk> now = source.disks();
    List<DiskCopy> equal =
        members().stream()
            .filter(copy -> copy.equal() && copy.equalLosses() == losses && !copy.dirty())
            .filter(copy -> now.contains(copy.disk()))
            .toList();
    boolean consistent = !equal.isEmpty() && equal.size() == members().size();
    return new Judgement(
        position, consistent, equal.stream().map(copy -> copy.disk().id()).toList());
  }

  private Collection<DiskCopy> members() {
    return copies.values().stream()
        .filter(copy -> standing.members().contains(copy.disk().id()))
        .toList();
  }

  /** Whether all disks that points are about were equal when they were looked at last. */
  public boolean consistent() {
    return !members().isEmpty() && members().stream().allMatch(DiskCopy::equal);
  }

  /** Whether nothing is left to read, also of new disks. */
  public boolean idle() {
    return copies.values().stream().allMatch(DiskCopy::equal);
  }

  /** Where it stands; for status and STATE frames. */
  public Progress progress() {
    List<Progress.Disk> disks = copies.values().stream().map(this::progress).toList();
    long left = disks.stream().mapToLong(Progress.Disk::bytesLeft).sum();
    boolean consistent = consistent();
    String reason =
        consistent
            ? ""
            : members().stream()
                .filter(copy -> !copy.equal())
                .map(DiskCopy::reason)
                .findFirst()
                .orElse("no disk is captured");
    return new Progress(consistent, reason, left, speed.secondsFor(left), disks);
  }

  private Progress.Disk progress(DiskCopy copy) {
    CapturedDisk disk = copy.disk();
    return new Progress.Disk(
        disk.id(),
        disk.device().toString(),
        disk.identity(),
        disk.size(),
        disk.sectorSize(),
        standing.members().contains(disk.id()),
        copy.equal(),
        copy.equal() ? "" : copy.reason(),
        copy.bytesLeft());
  }
}
