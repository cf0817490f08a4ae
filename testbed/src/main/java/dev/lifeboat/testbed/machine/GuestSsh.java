package dev.lifeboat.testbed.machine;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Root's way into a guest: OpenSSH, with the image's key. Thread-safe; holds nothing. */
public final class GuestSsh {
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(40);

  private final List<String> enter;
  private final Path key;
  private final InetAddress address;

  /**
   * @param enter what to put before a command so that the address can be reached, such as {@link
   *     dev.lifeboat.testbed.network.TestNetwork#enter}; nothing if the host reaches it
   * @param image what the machine's first disk began as
   */
  public GuestSsh(List<String> enter, MachineImage image, InetAddress address) {
    this(enter, image.sshKey(), address);
  }

  GuestSsh(Path key, InetAddress address) {
    this(List.of(), key, address);
  }

  private GuestSsh(List<String> enter, Path key, InetAddress address) {
    this.enter = List.copyOf(enter);
    this.key = key;
    this.address = address;
  }

  /** What a person types to get in. */
  String typed() {
    return String.join(" ", command("ssh"));
  }

  private List<String> command(String program) {
    List<String> command = new ArrayList<>(enter);
    command.addAll(
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
    return command;
  }

  /** Runs it, whatever comes of it; kills it after the longest time. */
  public Command.Result attempt(String shell, Duration longest) throws IOException {
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
