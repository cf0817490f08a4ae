package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.LoopDisk;
import dev.lifeboat.vault.VaultCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    hydrate(site, Map.of(point, into));
    return into;
  }

  /** Both disks of each point, as files in a new folder each; the vault is looked through once. */
  static void hydrate(Site site, Map<String, Path> points) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("hydrate", "--config", site.vaultConfig()));
    for (Map.Entry<String, Path> one : points.entrySet()) {
      Path into = Files.createDirectories(one.getValue());
      for (int disk = 1; disk <= 2; disk++) {
        arguments.addAll(List.of("--point", one.getKey()));
        arguments.addAll(List.of("--disk", Integer.toString(disk)));
        arguments.addAll(List.of("--to", into.resolve("disk-" + disk).toString()));
      }
    }
    int exitCode = VaultCommand.execute(arguments.toArray(String[]::new));
    assertThat(exitCode).as("hydrate %s", points.keySet()).isZero();
  }

  /** Rests, marks, hydrates the mark and compares every byte of both disks. */
  void assertComesBack(Site site, AgentProgram agent) throws IOException {
    rest();
    Command.run("sync");
    agent.untilConsistent();
    agent.mark("at rest");
    Path back = hydrate(site, "latest", folder.resolve("back-" + System.nanoTime()));
    // What the devices are kept in, not the devices: their page cache still has what the file
    // system
    // made up and never wrote, as the bitmap of a group that it only looked at.
    Command.run("cmp", a.file().toString(), back.resolve("disk-1").toString());
    Command.run("cmp", b.file().toString(), back.resolve("disk-2").toString());
    Command.run("rm", "-r", back.toString());
  }

  @Override
  public void close() throws IOException {
    rest();
    a.close();
    b.close();
  }
}
