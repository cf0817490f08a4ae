package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import dev.lifeboat.agent.kernel.BpfFileSystem;
import dev.lifeboat.agent.kernel.DirectoryLock;
import dev.lifeboat.agent.kernel.SystemCalls;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running capture in the kernel and our hold on it: lock, maps, memory, ring. */
record Capture(
    DirectoryLock lock,
    KernelLayout layout,
    KernelObjects objects,
    Memories memories,
    KernelRing ring,
    boolean resumed,
    String proof)
    implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Capture.class);

  /** Room for disks that come later: as much again, and 64 GiB. */
  private static final long ROOM = (64L << 30) / ChangeMap.GRANULE;

  static Capture open(CaptureSettings settings, List<ProtectedDisk> disks) throws IOException {
    KernelLayout layout = Requirements.check();
    DirectoryLock lock = lock(settings);
    KernelObjects objects = null;
    Memories memories = null;
    try {
      boolean resumed = KernelObjects.exist(settings.pins());
      PageAddress pages = new PageAddress(layout, settings.state());
      objects = resumed ? KernelObjects.open(settings.pins()) : create(settings, disks, layout);
      memories = new Memories(objects);
      Header header = new Header(memories.of(Part.HEADER));
      String proof = resumed ? pages.prove(header.pageBase()) : begin(settings, header, pages);
      objects.install(layout, header.pageBase());
      if (!resumed) {
        objects.attach();
      }
      LOG.info("capture {}: {}", resumed ? "goes on" : "begins", proof);
      return new Capture(
          lock, layout, objects, memories, new KernelRing(objects.map(Part.RING)), resumed, proof);
    } catch (IOException | RuntimeException e) {
      if (memories != null) {
        memories.close();
      }
      if (objects != null) {
        objects.close();
      }
      boolean stands = KernelObjects.exist(settings.pins());
      try (lock) {
        if (!stands) {
          KernelObjects.detach(settings.pins());
        }
      }
      if (!stands) {
        unmount(settings);
      }
      throw e;
    }
  }

  /** Makes the directory of the pins, on a file system of its kind, and takes it for our own. */
  private static DirectoryLock lock(CaptureSettings settings) throws IOException {
    Files.createDirectories(settings.state());
    Path mounted = BpfFileSystem.ensure(settings.pins());
    if (mounted.getNameCount() > 0) {
      Files.writeString(mountNote(settings.state()), mounted.toString());
    }
    return take(settings);
  }

  private static DirectoryLock take(CaptureSettings settings) throws IOException {
    return DirectoryLock.take(
        settings.pins(),
        "another agent captures with bpfDirectory "
            + settings.pins()
            + ": stop it first, or give this one a bpfDirectory of its own");
  }

  private static KernelObjects create(
      CaptureSettings settings, List<ProtectedDisk> disks, KernelLayout layout) throws IOException {
    long granules = ROOM;
    for (ProtectedDisk disk : disks) {
      BlockDevice device = BlockDevice.inspect(disk.device(), layout.disk().bySequence());
      granules += 2 * Slot.granules(device.size()) + 8;
    }
    return KernelObjects.create(settings.pins(), settings.ringBytes(), granules);
  }

  private static String begin(CaptureSettings settings, Header header, PageAddress pages)
      throws IOException {
    PageAddress.Proven proven = pages.find();
    header.begin(proven.base(), settings.positionBase());
    header
        .checkpoints()
        .store(new Checkpoint(settings.positionBase(), settings.chain(), settings.positionBase()));
    return proven.proof();
  }

  private static Path mountNote(Path state) {
    return state.resolve("bpf-mounted-at");
  }

  static void detach(CaptureSettings settings) throws IOException {
    if (Files.isDirectory(settings.pins())) {
      try (DirectoryLock _ = take(settings)) {
        KernelObjects.detach(settings.pins());
      }
    }
    unmount(settings);
  }

  /** Takes the file system away that we mounted, unless it is in use. No lock on it may be held. */
  private static void unmount(CaptureSettings settings) throws IOException {
    Path note = mountNote(settings.state());
    if (Files.exists(note)) {
      Path mounted = Path.of(Files.readString(note));
      if (Files.isDirectory(mounted)) {
        unmount(mounted);
      }
      Files.delete(note);
    }
  }

  private static void unmount(Path mounted) throws IOException {
    FileStore store = Files.getFileStore(mounted);
    try (var content = Files.list(mounted)) {
      // The kernel itself puts files that end in .debug there.
      if (!store.type().equals("bpf")
          || content.anyMatch(path -> !path.toString().endsWith(".debug"))) {
        return;
      }
    }
    SystemCalls.unmount(mounted);
  }

  Header header() {
    return new Header(memories.of(Part.HEADER));
  }

  @Override
  public void close() {
    ring.close();
    memories.close();
    objects.close();
    lock.close();
  }
}
