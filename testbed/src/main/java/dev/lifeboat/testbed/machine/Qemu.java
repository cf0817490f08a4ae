package dev.lifeboat.testbed.machine;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A virtual machine that runs: one QEMU process, without KVM, with BIOS. It boots from the bytes of
 * its first disk and from nothing else. Thread-safe. Closing it kills it, and so does the end of
 * this program; its disk files stay.
 */
public final class Qemu implements AutoCloseable {
  /** What Debian calls it. */
  static final String PROGRAM = "qemu-system-x86_64";

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration END = Duration.ofSeconds(30);

  private final QemuSettings settings;
  private final Process process;
  private final Thread hook;

  private Qemu(QemuSettings settings, Process process) {
    this.settings = settings;
    this.process = process;
    hook = new Thread(process::destroyForcibly, "kill qemu " + process.pid());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a machine; it boots on its own from here. Fails with QEMU's own words if it refuses its
   * hardware, such as a tap that is missing or a disk that another machine has open.
   */
  public static Qemu start(QemuSettings settings) throws IOException {
    Path log = settings.folder().resolve("qemu.log");
    Files.deleteIfExists(console(settings));
    Process process;
    try {
      process =
          new ProcessBuilder(command(settings))
              .directory(settings.folder().toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException(
          PROGRAM + " cannot be started: is the Debian package qemu-system-x86 installed?", e);
    }
    Qemu qemu = new Qemu(settings, process);
    try {
      qemu.awaitPower(log);
      return qemu;
    } catch (InterruptedException e) {
      qemu.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a machine was started", e);
    } catch (IOException e) {
      qemu.close();
      throw e;
    }
  }

  /** The monitor answers when all hardware was accepted. */
  private void awaitPower(Path log) throws IOException, InterruptedException {
    tell("info status");
    long end = System.nanoTime() + START.toNanos();
    while (!Files.readString(log, StandardCharsets.ISO_8859_1).contains("VM status: running")) {
      if (process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("QEMU refuses this machine: " + refusal(log));
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            "QEMU does not answer its monitor within " + START.toSeconds() + " s: " + log);
      }
    }
  }

  private static String refusal(Path log) throws IOException {
    return Files.readString(log, StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.contains(PROGRAM + ": "))
        .map(line -> line.substring(line.indexOf(PROGRAM) + PROGRAM.length() + 2))
        .findFirst()
        .orElse("see " + log);
  }

  private void tell(String order) throws IOException {
    Writer monitor = process.outputWriter(StandardCharsets.US_ASCII);
    monitor.write(order + "\n");
    monitor.flush();
  }

  private static Path console(QemuSettings settings) {
    return settings.folder().resolve("console.log");
  }

  private static List<String> command(QemuSettings settings) {
    List<String> all = new ArrayList<>(settings.launcher());
    all.addAll(List.of(PROGRAM, "-nodefaults", "-no-user-config", "-display", "none"));
    all.addAll(List.of("-M", "pc", "-accel", "tcg,tb-size=256", "-cpu", "max"));
    all.addAll(List.of("-smp", Integer.toString(settings.processors())));
    all.addAll(List.of("-m", Integer.toString(settings.memoryMiB())));
    all.addAll(List.of("-uuid", settings.uuid().toString()));
    // Relative: the path of a socket has room for no more than 107 characters.
    String console =
        "socket,id=console,path=console.sock,server=on,wait=off,logfile=console.log,logappend=off";
    all.addAll(List.of("-chardev", console, "-serial", "chardev:console", "-monitor", "stdio"));
    for (int n = 0; n < settings.disks().size(); n++) {
      all.addAll(disk(n, settings.disks().get(n)));
    }
    for (int n = 0; n < settings.nics().size(); n++) {
      QemuSettings.Nic nic = settings.nics().get(n);
      String tap = "tap,id=nic%d,ifname=%s,script=no,downscript=no".formatted(n, nic.tap());
      String card = "virtio-net-pci,netdev=nic%d,mac=%s,romfile=".formatted(n, nic.mac());
      all.addAll(List.of("-netdev", tap, "-device", card));
    }
    return all;
  }

  private static List<String> disk(int n, QemuSettings.Disk disk) {
    String file = disk.file().toAbsolutePath().toString().replace(",", ",,");
    String format = disk.format().name().toLowerCase(Locale.ROOT);
    String drive =
        "if=none,id=disk%d,file=%s,format=%s,cache=writeback,discard=unmap"
            .formatted(n, file, format);
    String device =
        "virtio-blk-pci,drive=disk%d%s%s"
            .formatted(
                n,
                disk.serial().isEmpty() ? "" : ",serial=" + disk.serial(),
                n == 0 ? ",bootindex=0" : "");
    return List.of("-drive", drive, "-device", device);
  }

  /** The process that is the machine. */
  public long pid() {
    return process.pid();
  }

  /** Whether the machine has power. */
  public boolean running() {
    return process.isAlive();
  }

  /** What the machine wrote to its serial console since it was started. */
  public String console() throws IOException {
    Path log = console(settings);
    return Files.exists(log)
        ? Files.readString(log, StandardCharsets.ISO_8859_1).replace("\r", "")
        : "";
  }

  /** Presses the power button: a machine that listens ends on its own. */
  public void pressPowerButton() throws IOException {
    tell("system_powerdown");
  }

  /** Waits until the machine has ended on its own; whether it did in time. */
  public boolean awaitOff(Duration most) throws InterruptedException {
    return process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The disaster: {@code kill -9}. Waits until nothing writes to the disk files any more. */
  public void kill() {
    process.destroyForcibly();
    boolean interrupted = false;
    try {
      process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This program is ending: the hook runs, and finds the machine dead.
    }
  }
}
