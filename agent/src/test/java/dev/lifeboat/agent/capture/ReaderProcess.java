package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A reader in a process of its own, to be killed: it applies what it reads and gives it back. */
public final class ReaderProcess {
  static final String READY = "reader-is-ready";

  private ReaderProcess() {}

  static Process start(CaptureSettings settings, ProtectedDisk disk, Path directory)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            ReaderProcess.class.getName(),
            settings.pins().toString(),
            settings.state().toString(),
            Integer.toString(settings.ringBytes()),
            Long.toString(settings.positionBase()),
            disk.device().toString(),
            directory.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("reader.log").toFile())
        .start();
  }

  /** Reads until killed. */
  public static void main(String[] arguments) throws IOException {
    CaptureSettings settings =
        new CaptureSettings(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Integer.parseInt(arguments[2]),
            Long.parseLong(arguments[3]),
            Chain.START);
    ProtectedDisk disk = new ProtectedDisk(1, Path.of(arguments[4]), "test-1");
    Path directory = Path.of(arguments[5]);
    try (BpfCaptureSource source = BpfCaptureSource.open(settings, List.of(disk));
        Replica replica = new Replica(directory)) {
      Files.createFile(directory.resolve(READY));
      while (ProcessHandle.current().isAlive()) {
        if (source.poll(replica, 256 << 10) > 0) {
          source.release(source.checkpoint());
        }
        Thread.onSpinWait();
      }
    }
  }
}
