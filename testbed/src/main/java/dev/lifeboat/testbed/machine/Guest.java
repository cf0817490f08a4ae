package dev.lifeboat.testbed.machine;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A virtual machine of the testbed's network, with its disks as raw files. It is without power
 * until {@link #boot}. Thread-safe. Closing takes its power; its files stay with its folder.
 */
public final class Guest implements AutoCloseable {
  /** Emulated processors that share two real ones with everything else. */
  public static final Duration PATIENCE = Duration.ofMinutes(20);

  private static final Duration LONGEST_COMMAND = Duration.ofMinutes(10);

  /** What a guest is; its disks' files exist. */
  record Parts(
      String name,
      Path folder,
      UUID uuid,
      String tap,
      String mac,
      InetAddress address,
      List<String> enter) {}

  private final Parts parts;
  private final GuestSsh ssh;
  private final List<Path> disks;
  private Optional<Qemu> qemu = Optional.empty();

  Guest(Parts parts, Path sshKey, List<Path> disks) {
    this.parts = parts;
    this.disks = new ArrayList<>(disks);
    ssh = new GuestSsh(sshKey, parts.address());
  }

  public String name() {
    return parts.name();
  }

  /** Where its console and disks are. */
  public Path folder() {
    return parts.folder();
  }

  /** What its firmware says. */
  public UUID uuid() {
    return parts.uuid();
  }

  /** What DHCP gives it. */
  public InetAddress address() {
    return parts.address();
  }

  /** Its disks' files, in the order of {@code /dev/vda}, {@code /dev/vdb}, … */
  public synchronized List<Path> disks() {
    return List.copyOf(disks);
  }

  /** Adds an empty disk behind the others; seen at the next boot. */
  public synchronized Path addDisk(int mebibytes) throws IOException {
    Path file = parts.folder().resolve("disk-" + (disks.size() + 1) + ".img");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), ((long) mebibytes << 20) - 1);
    }
    disks.add(file);
    return file;
  }

  /** Gives it power; returns at once. */
  public synchronized Guest boot() throws IOException {
    if (running()) {
      throw new IOException(name() + " has power already");
    }
    List<QemuSettings.Disk> hardware = new ArrayList<>();
    for (Path disk : disks) {
      // Of the part of the UUID that reads the same in either byte order: disks do not change with
      // it.
      String node = parts.uuid().toString().substring(24);
      String serial = "%s-%d".formatted(node, hardware.size() + 1);
      hardware.add(new QemuSettings.Disk(disk, QemuSettings.Format.RAW, serial));
    }
    QemuSettings settings =
        QemuSettings.of(parts.folder(), hardware, parts.uuid())
            .on(parts.enter(), new QemuSettings.Nic(parts.tap(), parts.mac()));
    qemu = Optional.of(Qemu.start(settings));
    return this;
  }

  /** Whether it has power. */
  public synchronized boolean running() {
    return qemu.filter(Qemu::running).isPresent();
  }

  private synchronized Qemu machine() throws IOException {
    return qemu.orElseThrow(() -> new IOException(name() + " never had power"));
  }

  /** The process that it is. */
  public long pid() throws IOException {
    return machine().pid();
  }

  /** What it wrote to its serial console since it got power. */
  public String console() throws IOException {
    return machine().console();
  }

  /** Waits until it takes commands. */
  public Guest awaitSsh() throws IOException {
    until("answers to SSH", ssh::answers);
    return this;
  }

  /** Waits until a text is on its console. */
  public Guest awaitConsole(String text) throws IOException {
    until("says '" + text + "' on its console", () -> console().contains(text));
    return this;
  }

  /** Runs a shell command as root; gives what it printed. */
  public String ssh(String shell) throws IOException {
    Command.Result result = attempt(shell);
    if (result.exitCode() != 0) {
      throw new IOException(
          "%s: '%s' ended with %d: %s"
              .formatted(name(), shell, result.exitCode(), result.output().strip()));
    }
    return result.output();
  }

  /** Runs a shell command as root, whatever it answers. */
  public Command.Result attempt(String shell) throws IOException {
    return ssh.attempt(shell, LONGEST_COMMAND);
  }

  /** Copies a file or folder of the host into it. */
  public void copy(Path from, String to) throws IOException {
    ssh.copy(from, to);
  }

  /** What a person types to get in. */
  public String typed() {
    return ssh.typed();
  }

  /** Restarts it from within; returns when it takes commands again. */
  public void reboot() throws IOException {
    String before = bootId();
    attempt("systemctl reboot");
    until("has rebooted", () -> ssh.answers() && !bootId().equals(before));
  }

  private String bootId() throws IOException {
    return attempt("cat /proc/sys/kernel/random/boot_id").output();
  }

  /** Shuts it down from within, and waits until its disk files rest. */
  public void powerOff() throws IOException {
    // By its path: busybox's shell takes its own applet before any file. Behind the command's end:
    // a connection that nobody closes is given up after minutes only.
    ssh("(sleep 1; /sbin/poweroff) >/dev/null 2>&1 &");
    until("is off", () -> !running());
  }

  /** The disaster: no power from one moment to the next. */
  public synchronized void kill() {
    qemu.ifPresent(Qemu::kill);
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  /** Fails at once when the machine loses power and the condition does not hold then. */
  private void until(String what, Condition condition) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end || !running()) {
        String console = console();
        throw new IOException(
            "%s %s; it was awaited that it %s. Its console ends: %s"
                .formatted(
                    name(),
                    running() ? "takes longer than " + PATIENCE.toMinutes() + " min" : "is off",
                    what,
                    console.substring(Math.max(0, console.length() - 2000))));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + name(), e);
      }
    }
  }

  @Override
  public synchronized void close() {
    qemu.ifPresent(Qemu::close);
  }
}
