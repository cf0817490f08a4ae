package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import dev.lifeboat.agent.kernel.BpfProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures by BPF programs that stay in the kernel: closing ends reading, not capture; a later
 * source goes on where this one released, whether it was closed or killed. {@link #detach} ends
 * capture.
 *
 * <p>Thread-safe but for {@link #poll}, {@link #release} and {@link #rewind}, which belong to one
 * thread. Nothing may be called after {@link #close}.
 */
public final class BpfCaptureSource implements CaptureSource {
  private static final Logger LOG = LoggerFactory.getLogger(BpfCaptureSource.class);

  private final Capture capture;
  private final CheckpointStore checkpoints;
  private final RingReader reader;
  private final DiskSet disks;
  private final CaptureWatch watch;
  private final OwnWrites ownWrites;
  private final MemorySegment counters;
  private final long base;
  private Checkpoint released;
  private Checkpoint delivered;

  private BpfCaptureSource(Capture capture, List<ProtectedDisk> wanted) throws IOException {
    this.capture = capture;
    Memories memories = capture.memories();
    KernelRing ring = capture.ring();
    base = capture.header().positionBase();
    checkpoints = capture.header().checkpoints();
    counters = memories.of(Part.COUNTERS);
    ownWrites = new KernelOwnWrites(memories.of(Part.OWN));
    SlotTable slots = new SlotTable(capture.objects(), memories, ring);
    MemorySegment lost = memories.of(Part.LOST);
    reader =
        new RingReader(
            ring,
            base,
            slots::disk,
            processor -> (long) JAVA_LONG.varHandle().getVolatile(lost, 8L * processor));
    released =
        checkpoints
            .load(base + ring.consumer())
            .orElseThrow(() ->
                new CaptureRefusedException(
                    "the checkpoint of a former capture is broken: detach it first"));
    delivered = released;
    reader.seek(released.heldFrom() - base, released.position() - base);
    disks = new DiskSet(slots, memories, capture.layout().disk().bySequence());
    watch = new CaptureWatch(capture.objects(), capture.header(), disks::refresh);
    disks.watchedBy(watch);
    disks.begin(wanted);
    watch.start();
  }

  /**
   * Goes on with what runs in the kernel, or starts capture anew. What cannot be captured is a
   * {@link CaptureRefusedException}, and what another process captures already a {@link
   * dev.lifeboat.agent.kernel.HeldException}; then nothing was changed.
   */
  public static BpfCaptureSource open(CaptureSettings settings, List<ProtectedDisk> disks)
      throws IOException {
    Capture capture = Capture.open(settings, disks);
    try {
      return new BpfCaptureSource(capture, disks);
    } catch (IOException | RuntimeException e) {
      capture.close();
      if (!capture.resumed()) {
        detach(settings);
      }
      throw e;
    }
  }

  /** Whether a capture runs in the kernel that {@link #open} would go on with. */
  public static boolean stands(CaptureSettings settings) {
    return KernelObjects.exist(settings.pins());
  }

  /**
   * Ends capture and leaves nothing of it in the kernel. No source may be open, of any process:
   * that is a {@link dev.lifeboat.agent.kernel.HeldException}.
   */
  public static void detach(CaptureSettings settings) throws IOException {
    Capture.detach(settings);
  }

  /** Whether capture ran already, so that nothing was lost since the last source. */
  public boolean resumed() {
    return capture.resumed();
  }

  /** How it was proved that payload is read from where it is. */
  public String proof() {
    return capture.proof();
  }

  /** Marks the writes of our own journal. */
  public OwnWrites ownWrites() {
    return ownWrites;
  }

  /**
   * Whether writes to files in a directory can be told from those of others: if not, tracked
   * changes must not be kept there. Writes a page to find out.
   */
  public boolean recognisesOwnWrites(Path directory) throws IOException {
    return OwnWritesProof.holds(directory, disks.all(), ownWrites, disks::own);
  }

  /** Captures one more disk; all of it is dirty. */
  public void protect(ProtectedDisk disk) throws IOException {
    disks.add(disk);
  }

  /** Ends the capture of one disk. */
  public void forget(int disk) throws IOException {
    disks.remove(disk);
  }

  /** Time and runs of the programs, while {@code kernel.bpf_stats_enabled} is set. */
  public List<BpfProgram.Statistics> statistics() throws IOException {
    return capture.objects().statistics();
  }

  /** Bytes of a disk that were seen since it is captured: swap and our own journal as well. */
  public long captured(CapturedDisk disk) {
    return disks.captured(disk.id());
  }

  long flightErrors() {
    return disks.flightErrors();
  }

  long unended() {
    return disks.unended();
  }

  RingMemory ring() {
    return capture.ring();
  }

  long base() {
    return base;
  }

  @Override
  public List<CapturedDisk> disks() {
    return disks.all();
  }

  @Override
  public long producerPosition() {
    return base + capture.ring().producer();
  }

  @Override
  public Losses losses() {
    try {
      return new Losses(
          counter(Abi.C_OVERFLOW),
          counter(Abi.C_DEFERRED),
          counter(Abi.C_FAILED),
          capture.objects().missed() + counter(Abi.C_NO_PROGRAM),
          counter(Abi.C_UNKNOWN) + capture.header().violations());
    } catch (IOException e) {
      throw new UncheckedIOException("what capture lost cannot be asked for", e);
    }
  }

  private long counter(int offset) {
    return (long) JAVA_LONG.varHandle().getVolatile(counters, (long) offset);
  }

  @Override
  public int poll(RecordSink sink, long budget) {
    int records = reader.poll(sink, budget);
    delivered = new Checkpoint(base + reader.delivered(), sink.chain(), base + reader.heldFrom());
    return records;
  }

  @Override
  public Checkpoint checkpoint() {
    return delivered;
  }

  @Override
  public void release(Checkpoint checkpoint) {
    if (checkpoint.heldFrom() < released.heldFrom()
        || checkpoint.heldFrom() > delivered.heldFrom()
        || checkpoint.position() < released.position()) {
      throw new IllegalArgumentException(
          "cannot release " + checkpoint.position() + ": it was not delivered, or given back");
    }
    checkpoints.store(checkpoint);
    capture.ring().consumer(checkpoint.heldFrom() - base);
    released = checkpoint;
  }

  @Override
  public Checkpoint released() {
    return released;
  }

  @Override
  public void rewind() {
    reader.seek(released.heldFrom() - base, released.position() - base);
    delivered = released;
  }

  @Override
  public double fill() {
    KernelRing ring = capture.ring();
    return (double) (ring.producer() - ring.consumer()) / ring.size();
  }

  @Override
  public ChangeMap changes(CapturedDisk disk) {
    return disks.changes(disk.id());
  }

  @Override
  public void close() {
    watch.close();
    capture.close();
    LOG.debug("capture goes on without a reader");
  }
}
