package dev.lifeboat.testbed.network;

import dev.lifeboat.testbed.process.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One network namespace of the testbed: guests, pods and the Azure side reach each other in it, the
 * host (and so JUnit) reaches it through one veth pair, and nothing leaves the machine.
 *
 * <pre>
 *   host                 │  namespace
 *   .254 .253 lifeboatN ═╪═ uplink ─ bridge lan (.1: node, gateway) ─ taps of guests
 *                        │                     further bridges (Azure's virtual networks)
 * </pre>
 *
 * The subnet is 198.18.N.0/24, which is routed nowhere. Several networks can stand side by side. It
 * hangs on one process, {@link #pid()}: when that ends, or the JVM that started it, every process
 * in the namespace is ended and its interfaces vanish. What a dead network left is removed by the
 * next start. Thread-safe; close it.
 */
public final class TestNetwork implements AutoCloseable {

  private final Process supervisor;
  private final int number;
  private final NetworkBridge lan;

  private TestNetwork(Process supervisor, int number) {
    this.supervisor = supervisor;
    this.number = number;
    lan = new NetworkBridge(enter(), "lan", address(1).getHostAddress() + "/24");
  }

  /**
   * Starts one.
   *
   * @throws IOException with one sentence: no root, a Debian package missing
   */
  public static TestNetwork start() throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new IOException("The testbed's network needs root: run this with sudo.");
    }
    require("ip", "iproute2");
    require("iptables", "iptables");
    require("nsenter", "util-linux");
    Process supervisor =
        new ProcessBuilder(
                "unshare",
                "--net",
                "bash",
                "-c",
                script(),
                "lifeboat-network",
                Long.toString(ProcessHandle.current().pid()))
            .redirectErrorStream(true)
            .start();
    BufferedReader output = supervisor.inputReader(StandardCharsets.UTF_8);
    String last = "";
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("ready ")) {
        return new TestNetwork(supervisor, Integer.parseInt(line.substring(6)));
      }
      last = line;
    }
    throw new IOException("The testbed's network did not start: " + last);
  }

  private static void require(String program, String debianPackage) throws IOException {
    if (Command.find(program).isEmpty()) {
      throw new IOException(
          "The testbed's network needs %s: install Debian's package %s, or run ./verify tools."
              .formatted(program, debianPackage));
    }
  }

  private static String script() throws IOException {
    try (InputStream script = TestNetwork.class.getResourceAsStream("supervise.sh")) {
      if (script == null) {
        throw new IOException("supervise.sh is missing beside " + TestNetwork.class.getName());
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * What to put before a command so that it runs in the namespace. The command takes the process of
   * the prefix over, so a signal to its pid reaches it.
   */
  public List<String> enter() {
    return List.of("nsenter", "--target", Long.toString(pid()), "--net", "--");
  }

  /** The process that all of it hangs on, as the host counts. */
  public long pid() {
    return supervisor.pid();
  }

  /** Whether it still stands. */
  public boolean isUp() {
    return supervisor.isAlive();
  }

  /** The host's end of the veth pair. */
  public String hostInterface() {
    return "lifeboat" + number;
  }

  /** The namespace's own address: the Kubernetes node, and the gateway of the guests. */
  public InetAddress nodeAddress() {
    return address(1);
  }

  /** The host's address: what a server in the JVM listens on to be reached by guests and pods. */
  public InetAddress hostAddress() {
    return address(254);
  }

  /** A second address of the host, for the Azure side: {@code *.testbed.local} stands for it. */
  public InetAddress azureAddress() {
    return address(253);
  }

  /** An address of the subnet. Guests take 10 to 199 as they like; 1 and 252 to 254 are taken. */
  public InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {(byte) 198, 18, (byte) number, (byte) last});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bridge that the host, the node and the guests share. */
  public NetworkBridge lan() {
    return lan;
  }

  /**
   * Adds a bridge with a subnet of its own. The namespace forwards between it and everything else;
   * to the host it speaks under the node's address.
   *
   * @param name 15 characters at most, unique in the network
   * @param gateway the namespace's address on it with the prefix length, such as {@code
   *     10.1.0.1/24}; overlap with another bridge is not seen here and would not work
   */
  public NetworkBridge addBridge(String name, String gateway) throws IOException {
    Command.run(enter(), "ip", "link", "add", name, "type", "bridge");
    NetworkBridge bridge = new NetworkBridge(enter(), name, gateway);
    try {
      Command.run(enter(), "ip", "address", "add", gateway, "dev", name);
      Command.run(enter(), "ip", "link", "set", "dev", name, "up");
      return bridge;
    } catch (IOException e) {
      bridge.close();
      throw e;
    }
  }

  /** Ends every process in the namespace and removes it with all its interfaces. */
  @Override
  public void close() throws IOException {
    supervisor.getOutputStream().close();
    try {
      if (!supervisor.waitFor(15, TimeUnit.SECONDS)) {
        supervisor.destroyForcibly();
        throw new IOException("The testbed's network did not end within 15 s; killed");
      }
    } catch (InterruptedException e) {
      supervisor.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted at the network's end");
    }
  }
}
