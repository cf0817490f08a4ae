package dev.lifeboat.testbed.machine;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Root's way into a guest: OpenSSH from the host, with the image's key. Thread-safe; holds nothing.
 */
final class GuestSsh {
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(40);

  private final Path key;
  private final InetAddress address;

  GuestSsh(Path key, InetAddress address) {
    this.key = key;
    this.address = address;
  }

  /** What a person types to get in. */
  String typed() {
    return String.join(" ", command("ssh"));
  }

  private List<String> command(String program) {
    return new ArrayList<>(
        List.of(
            program,
            "-q",
            "-i",
            key.toString(),
            // Guests come and go under the same address.
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "BatchMode=yes",
            "-o",
            "ConnectTimeout=30",
            "-o",
            "ServerAliveInterval=20",
            "-o",
            "ServerAliveCountMax=6",
            "root@" + address.getHostAddress()));
  }

  Command.Result attempt(String shell, Duration longest) throws IOException {
    List<String> command = command("ssh");
    command.add(shell);
    return Command.attempt(command, longest);
  }

  /** Whether somebody answers. */
  boolean answers() throws IOException {
    return attempt("true", LONGEST_LOOK).exitCode() == 0;
  }

  /** Copies a file or folder of the host into the guest. */
  void copy(Path from, String to) throws IOException {
    List<String> command = command("scp");
    String host = command.removeLast();
    command.addAll(List.of("-r", from.toString(), host + ":" + to));
    Command.run(command);
  }
}
