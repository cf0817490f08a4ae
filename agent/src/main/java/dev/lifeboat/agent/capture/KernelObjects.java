package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.kernel.BpfMap;
import dev.lifeboat.agent.kernel.BpfMap.Kind;
import dev.lifeboat.agent.kernel.BpfMap.Shape;
import dev.lifeboat.agent.kernel.BpfProgram;
import dev.lifeboat.agent.kernel.RawTracepoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything of ours in the kernel, pinned in one directory: it outlives the agent. Closing gives
 * back descriptors; {@link #detach} ends capture and leaves nothing.
 */
final class KernelObjects implements Closeable {
  private static final String[] TRACEPOINTS = {
    "block_bio_queue", "block_rq_complete", "block_bio_complete"
  };
  private static final int[] STARTS = {Abi.QUEUE, Abi.REQUEST, Abi.BIO};
  private static final String READY = "ready";

  private final Path directory;
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();
  private final List<BpfProgram> stubs = new ArrayList<>();

  private KernelObjects(Path directory) {
    this.directory = directory;
  }

  /** What was pinned before, or nothing where it is missing, of another version or half made. */
  static boolean exist(Path pins) {
    return Files.exists(directory(pins).resolve(READY));
  }

  private static Path directory(Path pins) {
    return pins.resolve("v" + Abi.VERSION);
  }

  /** Opens what was pinned. */
  static KernelObjects open(Path pins) throws IOException {
    KernelObjects objects = new KernelObjects(directory(pins));
    try {
      for (Part part : Part.values()) {
        objects.keep(part.pin, BpfMap.open(objects.directory.resolve(part.pin)));
      }
      for (String tracepoint : TRACEPOINTS) {
        objects.stub(BpfProgram.open(objects.directory.resolve("stub_" + tracepoint)));
      }
      return objects;
    } catch (IOException e) {
      objects.close();
      throw e;
    }
  }

  /** Creates all maps, without a program yet; the directory is there, for its lock is held. */
  static KernelObjects create(Path pins, int ringBytes, long granules) throws IOException {
    clear(pins);
    KernelObjects objects = new KernelObjects(directory(pins));
    try {
      Files.createDirectories(objects.directory);
      for (Part part : Part.values()) {
        BpfMap map = BpfMap.create(part.shape(ringBytes, granules), "lb_" + part.pin);
        objects.keep(part.pin, map);
        map.pin(objects.directory.resolve(part.pin));
      }
      return objects;
    } catch (IOException e) {
      objects.close();
      clear(pins);
      throw e;
    }
  }

  /** Puts programs into their slots, in place of those of another version of the agent. */
  void install(KernelLayout layout, long pageBase) throws IOException {
    ProgramMaps shared = programMaps();
    // What is called comes before what calls it.
    install(Abi.MARK_QUEUE, MarkProgram.build(shared, 0, Abi.MARK_QUEUE));
    install(Abi.MARK_REQUEST, MarkProgram.build(shared, 1, Abi.MARK_REQUEST));
    install(Abi.MARK_BIO, MarkProgram.build(shared, 2, Abi.MARK_BIO));
    install(Abi.COPY, CopyProgram.build(layout, shared, pageBase));
    install(Abi.REQUEST, CompletionProgram.ofRequest(layout, shared));
    install(Abi.BIO, CompletionProgram.ofBio(layout, shared));
    install(Abi.QUEUE, QueueProgram.build(layout, shared));
  }

  private void install(int slot, long[] code) throws IOException {
    try (BpfProgram program = BpfProgram.load("lb_program" + slot, code)) {
      map(Part.PROGRAMS).put(slot, program);
    }
  }

  /** Attaches the stubs: completions first, so that none is missed of what is queued. */
  void attach() throws IOException {
    ProgramMaps shared = programMaps();
    for (int i = TRACEPOINTS.length - 1; i >= 0; i--) {
      BpfProgram stub = BpfProgram.load("lb_stub", StubProgram.build(shared, STARTS[i]));
      stub(stub);
      stub.pin(directory.resolve("stub_" + TRACEPOINTS[i]));
      try (RawTracepoint link = RawTracepoint.attach(TRACEPOINTS[i], stub)) {
        link.pin(directory.resolve("link_" + TRACEPOINTS[i]));
      }
    }
    try (BpfMap ready = BpfMap.create(Shape.shared(8, 1), "lb_ready")) {
      ready.pin(directory.resolve(READY));
    }
  }

  private ProgramMaps programMaps() throws IOException {
    return new ProgramMaps(
        map(Part.PROGRAMS),
        map(Part.RING),
        map(Part.DISKS),
        map(Part.STATES),
        map(Part.DIRTY),
        map(Part.COUNTERS),
        map(Part.PER_DISK),
        map(Part.FLIGHT),
        map(Part.OWN),
        map(Part.LOST),
        map(Part.LOST).shape().valueSize() / Long.BYTES);
  }

  /** Ends capture: everything is unpinned, and with the last descriptor it is gone. */
  static void detach(Path pins) throws IOException {
    if (Files.isDirectory(pins)) {
      clear(pins);
      Files.delete(pins);
    }
  }

  private static void clear(Path pins) throws IOException {
    List<Path> all;
    try (var found = Files.walk(pins)) {
      all = new ArrayList<>(found.skip(1).toList());
    }
    // "ready" first and links last would let a killed detach be taken for whole: so ready goes
    // first.
    all.sort((a, b) -> rank(a) != rank(b) ? rank(a) - rank(b) : b.compareTo(a));
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }

  private static int rank(Path path) {
    if (Files.isDirectory(path)) {
      return 3;
    }
    String name = path.getFileName().toString();
    return name.equals(READY) ? 0 : name.startsWith("link_") ? 1 : 2;
  }

  BpfMap map(Part part) {
    return maps.get(part.pin);
  }

  /** Runs of our programs that the kernel skipped, for one was running on the CPU already. */
  long missed() throws IOException {
    long missed = 0;
    for (BpfProgram stub : stubs) {
      missed += stub.statistics().missed();
    }
    return missed;
  }

  /** Nanoseconds and runs of all programs, while the kernel counts them. */
  List<BpfProgram.Statistics> statistics() throws IOException {
    List<BpfProgram.Statistics> all = new ArrayList<>();
    for (BpfProgram stub : stubs) {
      all.add(stub.statistics());
    }
    return all;
  }

  private void keep(String name, BpfMap map) {
    maps.put(name, map);
  }

  private void stub(BpfProgram stub) {
    stubs.add(stub);
  }

  @Override
  public void close() {
    maps.values().forEach(BpfMap::close);
    stubs.forEach(BpfProgram::close);
    maps.clear();
    stubs.clear();
  }

  /** The maps and what they are made of. */
  enum Part {
    PROGRAMS("programs"),
    RING("ring"),
    DISKS("disks"),
    STATES("states"),
    COUNTERS("counters"),
    PER_DISK("per_disk"),
    FLIGHT("flight"),
    OWN("own"),
    LOST("lost"),
    HEADER("header"),
    DIRECTORY("directory"),
    DIRTY("dirty"),
    SHIPPED_EVEN("shipped_even"),
    SHIPPED_ODD("shipped_odd");

    private final String pin;

    Part(String pin) {
      this.pin = pin;
    }

    private Shape shape(int ringBytes, long granules) throws IOException {
      int page = 1 << Abi.PAGE_SHIFT;
      return switch (this) {
        case PROGRAMS -> new Shape(Kind.PROGRAM_ARRAY, 4, 4, Abi.PROGRAMS, false);
        case RING -> Shape.ring(ringBytes);
        case DISKS -> new Shape(Kind.HASH, 8, Abi.TABLE_ENTRY, Abi.SLOTS, false);
        case STATES -> new Shape(Kind.PER_CPU_ARRAY, 4, Abi.STATE, Abi.STATES, false);
        case COUNTERS -> Shape.shared(Abi.COUNTERS, 1);
        case PER_DISK -> Shape.shared(Abi.SLOTS << Abi.DISK_SHIFT, 1);
        case FLIGHT -> Shape.shared(Abi.SLOTS << (Abi.UNITS_SHIFT + 2), 1);
        case OWN -> Shape.shared(Long.BYTES, 1);
        case LOST -> Shape.shared(Processors.room() * Long.BYTES, 1);
        case HEADER -> Shape.shared(4096, 1);
        case DIRECTORY -> Shape.shared(Abi.SLOTS * Slot.BYTES, 1);
        case DIRTY, SHIPPED_EVEN, SHIPPED_ODD ->
            Shape.shared(page, Math.toIntExact((granules + page - 1) / page));
      };
    }
  }
}
