package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.LoopDisk;
import dev.lifeboat.vault.VaultCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The two disks of a machine, A and B, each with a file system, an {@link OrderedWriter} on them
 * when a test wants one, and what comes back of them. Closing ends the writer and unmounts.
 */
final class Disks implements AutoCloseable {

  private final Path folder;
  private final LoopDisk a;
  private final LoopDisk b;
  private Mount mountOfA;
  private Mount mountOfB;
  private OrderedWriter writer;
  private Thread thread;

  /** Two disks of ext4, mounted. */
  Disks(Path folder, int mebibytes) throws IOException {
    this.folder = folder;
    a = LoopDisk.create(folder, "a", (long) mebibytes << 20);
    b = LoopDisk.create(folder, "b", (long) mebibytes << 20);
    Mount.format("ext4", a.device());
    Mount.format("ext4", b.device());
    mount();
  }

  private void mount() throws IOException {
    mountOfA = Mount.of(a.device(), folder.resolve("mount-a"));
    mountOfB = Mount.of(b.device(), folder.resolve("mount-b"));
  }

  List<LoopDisk> list() {
    return List.of(a, b);
  }

  Path a() {
    return mountOfA.directory();
  }

  Path b() {
    return mountOfB.directory();
  }

  /** Fills a file of A with bytes that do not compress. */
  void fill(String name, int mebibytes) {
    Command.run(
        "dd",
        "if=/dev/urandom",
        "of=" + a().resolve(name),
        "bs=1M",
        "count=" + mebibytes,
        "conv=fsync",
        "status=none");
  }

  void startWriter(long seed) {
    writer = new OrderedWriter(a(), b(), seed);
    thread = Thread.ofPlatform().start(writer);
  }

  /** How far the writer came. */
  long written() {
    return writer.written();
  }

  void stopWriter() throws IOException {
    if (thread != null) {
      writer.stop(thread);
      thread = null;
    }
  }

  /** Ends the writer and unmounts: from now on nothing changes on the disks. */
  void rest() throws IOException {
    stopWriter();
    if (mountOfA != null) {
      mountOfA.close();
      mountOfA = null;
      mountOfB.close();
      mountOfB = null;
    }
  }

  /** Both disks of a point, as files in a new folder. */
  static Path hydrate(Site site, String point, Path into) throws IOException {
    Files.createDirectories(into);
    for (int disk = 1; disk <= 2; disk++) {
      int exitCode =
          VaultCommand.execute(
              "hydrate",
              "--config",
              site.vaultConfig(),
              "--point",
              point,
              "--disk",
              Integer.toString(disk),
              "--to",
              into.resolve("disk-" + disk).toString());
      assertThat(exitCode).as("hydrate disk %d of %s", disk, point).isZero();
    }
    return into;
  }

  /** Rests, marks, hydrates the mark and compares every byte of both disks. */
  void assertComesBack(Site site, AgentProgram agent) throws IOException {
    rest();
    Command.run("sync");
    agent.untilConsistent();
    agent.mark("at rest");
    Path back = hydrate(site, "latest", folder.resolve("back-" + System.nanoTime()));
    Command.run("cmp", a.device().toString(), back.resolve("disk-1").toString());
    Command.run("cmp", b.device().toString(), back.resolve("disk-2").toString());
    Command.run("rm", "-r", back.toString());
  }

  @Override
  public void close() throws IOException {
    rest();
    a.close();
    b.close();
  }
}
