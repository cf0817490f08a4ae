package dev.lifeboat.testbed.machine;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Gives the machines on a bridge the addresses that were chosen for them, and nobody else any:
 * Debian's dnsmasq, without its DNS, inside the testbed's network namespace. Thread-safe; close it.
 */
public final class DhcpServer implements AutoCloseable {

  private final Path hosts;
  private final Process process;

  private DhcpServer(Path hosts, Process process) {
    this.hosts = hosts;
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param enter what to put before a command so that it runs in the namespace
   * @param bridge the interface that it answers on
   * @param gateway the bridge's own address, which is the machines' way out
   * @param folder where it keeps leases and messages; exists, and is its own
   */
  public static DhcpServer start(
      List<String> enter, String bridge, InetAddress gateway, Path folder) throws IOException {
    if (Command.find("dnsmasq").isEmpty()) {
      throw new IOException(
          "Guests get no addresses without dnsmasq: install Debian's package dnsmasq-base, or run"
              + " ./verify tools.");
    }
    Path hosts = Files.createDirectories(folder.resolve("hosts"));
    List<String> command = new ArrayList<>(enter);
    command.addAll(
        List.of(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=root",
            "--port=0",
            "--pid-file=",
            "--log-facility=-",
            "--interface=" + bridge,
            "--bind-interfaces",
            "--dhcp-authoritative",
            "--dhcp-broadcast",
            "--dhcp-range=" + gateway.getHostAddress() + ",static,1h",
            "--dhcp-option=option:router," + gateway.getHostAddress(),
            "--dhcp-hostsdir=" + hosts,
            "--dhcp-leasefile=" + folder.resolve("leases")));
    Path log = folder.resolve("dhcp.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor(500, TimeUnit.MILLISECONDS)) {
        throw new IOException("DHCP on " + bridge + " ended at once: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while DHCP was started", e);
    }
    return new DhcpServer(hosts, process);
  }

  /** From now on a network card gets this address; a later call for the same card wins. */
  public void assign(String mac, InetAddress address) throws IOException {
    // dnsmasq looks at a file when it is complete and has its name.
    String name = mac.replace(":", "");
    Path file = hosts.resolveSibling(name);
    Files.writeString(file, mac + "," + address.getHostAddress() + "\n");
    Files.move(file, hosts.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
