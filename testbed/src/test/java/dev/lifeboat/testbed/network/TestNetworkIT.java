package dev.lifeboat.testbed.network;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class TestNetworkIT {

  @Test
  void joinsTheHostAndWhatIsPluggedIn() throws Exception {
    try (TestNetwork network = TestNetwork.start();
        Answering host = new Answering(network, "I am the host")) {
      assertThat(Command.run(network.enter(), "curl", "-s", host.url())).isEqualTo("I am the host");
      assertThat(network.nodeAddress().isReachable(5000)).isTrue();

      Process machine =
          plugIn(
              network,
              "lan",
              network.address(10).getHostAddress() + "/24",
              network.nodeAddress().getHostAddress());
      assertThat(Command.run(enter(machine), "curl", "-s", host.url())).isEqualTo("I am the host");
      await().atMost(10, SECONDS).until(() -> network.address(10).isReachable(2000));
    }
  }

  @Test
  void forwardsBetweenItsBridges_andHidesThemFromTheHost() throws Exception {
    try (TestNetwork network = TestNetwork.start();
        Answering host = new Answering(network, "I am the host")) {
      network.addBridge("vnet", "10.1.0.1/24");
      Process guest =
          plugIn(
              network,
              "lan",
              network.address(10).getHostAddress() + "/24",
              network.nodeAddress().getHostAddress());
      Process replica = plugIn(network, "vnet", "10.1.0.4/24", "10.1.0.1");

      assertReaches(replica, network.address(10).getHostAddress());
      assertReaches(guest, "10.1.0.4");
      // The host has no route to 10.1.0.0/24; its answer must not go by its default route.
      assertThat(Command.run(enter(replica), "curl", "-s", host.url())).isEqualTo("I am the host");
      assertThat(host.lastClient()).isEqualTo(network.nodeAddress().getHostAddress());
    }
  }

  @Test
  void leadsNowhereElse() throws Exception {
    try (TestNetwork network = TestNetwork.start()) {
      assertThatThrownBy(() -> Command.run(network.enter(), "ip", "route", "get", "192.0.2.1"))
          .hasMessageContaining("unreachable");
    }
  }

  @Test
  void takesTapsOnItsBridges() throws Exception {
    try (TestNetwork network = TestNetwork.start()) {
      network.lan().addTap("guest0");
      NetworkBridge virtualNetwork = network.addBridge("vnet", "10.1.0.1/24");
      virtualNetwork.addTap("replica0");
      assertThat(Command.run(network.enter(), "ip", "-o", "link", "show", "dev", "guest0"))
          .contains("master lan");
      assertThat(Command.run(network.enter(), "ip", "-o", "link", "show", "dev", "replica0"))
          .contains("master vnet");
      virtualNetwork.removeTap("replica0");
      virtualNetwork.close();
      assertThatThrownBy(() -> network.addBridge("lan", "10.2.0.1/24"))
          .hasMessageContaining("exists");
    }
  }

  @Test
  void standsBesideAnother() throws Exception {
    try (TestNetwork one = TestNetwork.start();
        TestNetwork other = TestNetwork.start()) {
      assertThat(one.nodeAddress()).isNotEqualTo(other.nodeAddress());
      assertThat(other.nodeAddress().isReachable(5000)).isTrue();
    }
  }

  @Test
  void endsWithAllItsProcesses_whenClosed() throws Exception {
    TestNetwork network = TestNetwork.start();
    Process member = member(network);
    String link = network.hostInterface();
    assertThat(NetworkInterface.getByName(link)).isNotNull();
    network.close();
    assertThat(member.waitFor(5, SECONDS)).isTrue();
    assertThat(NetworkInterface.getByName(link)).isNull();
  }

  @Test
  void endsWithAllItsProcesses_whenItsOneProcessIsKilled() throws Exception {
    TestNetwork network = TestNetwork.start();
    Process member = member(network);
    ProcessHandle.of(network.pid()).orElseThrow().destroyForcibly();
    assertThat(member.waitFor(10, SECONDS)).isTrue();
    await()
        .atMost(5, SECONDS)
        .until(() -> NetworkInterface.getByName(network.hostInterface()) == null);
  }

  @Test
  void endsWithAllItsProcesses_whenTheJvmIsKilled() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Crashing.class.getName())
            .redirectErrorStream(true)
            .start();
    String[] said = jvm.inputReader(StandardCharsets.UTF_8).readLine().split(" ", 2);
    assertThat(NetworkInterface.getByName(said[0])).isNotNull();
    ProcessHandle member = ProcessHandle.of(Long.parseLong(said[1])).orElseThrow();
    jvm.destroyForcibly();
    await().atMost(10, SECONDS).until(() -> !member.isAlive());
    await().atMost(5, SECONDS).until(() -> NetworkInterface.getByName(said[0]) == null);
  }

  @Test
  void removesWhatADeadOneLeft() throws Exception {
    TestNetwork dead = TestNetwork.start();
    Process member = member(dead);
    String guard = Command.run("pgrep", "-P", Long.toString(dead.pid())).strip();
    Command.run("kill", "-KILL", guard, Long.toString(dead.pid()));
    await().atMost(5, SECONDS).until(() -> !dead.isUp());
    assertThat(member.isAlive()).isTrue();
    assertThat(NetworkInterface.getByName(dead.hostInterface())).isNotNull();
    try (TestNetwork next = TestNetwork.start()) {
      assertThat(member.waitFor(5, SECONDS)).isTrue();
      assertThat(next.isUp()).isTrue();
    }
  }

  /**
   * A port where nothing listens is refused by the machine itself, so by nobody if it is not
   * reached.
   */
  private static void assertReaches(Process machine, String address) throws IOException {
    List<String> command = new ArrayList<>(enter(machine));
    command.addAll(List.of("timeout", "10", "bash", "-c", "</dev/tcp/" + address + "/9"));
    assertThat(Command.attempt(command, Duration.ofSeconds(20)).output())
        .contains("Connection refused");
  }

  /** Stands for a machine: a namespace of its own behind a cable into a bridge. */
  private static Process plugIn(TestNetwork network, String bridge, String address, String gateway)
      throws IOException {
    List<String> command = new ArrayList<>(network.enter());
    command.addAll(List.of("unshare", "--net", "sleep", "600"));
    Process machine = new ProcessBuilder(command).start();
    String pid = Long.toString(machine.pid());
    String own = Command.run("readlink", "/proc/" + network.pid() + "/ns/net");
    await()
        .atMost(10, SECONDS)
        .until(() ->
            Command.run("cat", "/proc/" + pid + "/comm").startsWith("sleep")
                && !Command.run("readlink", "/proc/" + pid + "/ns/net").equals(own));
    String cable = "c" + pid;
    Command.run(
        network.enter(),
        "ip",
        "link",
        "add",
        cable,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        pid);
    Command.run(network.enter(), "ip", "link", "set", "dev", cable, "master", bridge, "up");
    Command.run(enter(machine), "ip", "address", "add", address, "dev", "eth0");
    Command.run(enter(machine), "ip", "link", "set", "dev", "eth0", "up");
    Command.run(enter(machine), "ip", "route", "add", "default", "via", gateway);
    return machine;
  }

  private static List<String> enter(Process machine) {
    return List.of("nsenter", "--target", Long.toString(machine.pid()), "--net", "--");
  }

  private static Process member(TestNetwork network) throws IOException {
    List<String> command = new ArrayList<>(network.enter());
    command.addAll(List.of("sleep", "600"));
    Process member = new ProcessBuilder(command).start();
    String own = Command.run("readlink", "/proc/" + network.pid() + "/ns/net");
    await()
        .atMost(5, SECONDS)
        .until(() -> Command.run("readlink", "/proc/" + member.pid() + "/ns/net").equals(own));
    return member;
  }

  /** Starts a network with a process in it, says so, and waits to be killed. */
  static final class Crashing {
    private Crashing() {}

    public static void main(String[] arguments) throws Exception {
      TestNetwork network = TestNetwork.start();
      System.out.println(network.hostInterface() + " " + member(network).pid());
      System.in.read();
    }
  }

  /** A server in the JVM, on the host's address in the network. */
  private static final class Answering implements AutoCloseable {
    private final HttpServer server;
    private volatile String lastClient = "";

    Answering(TestNetwork network, String answer) throws IOException {
      server = HttpServer.create(new InetSocketAddress(network.hostAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            lastClient = exchange.getRemoteAddress().getAddress().getHostAddress();
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://%s:%d/"
          .formatted(
              server.getAddress().getAddress().getHostAddress(), server.getAddress().getPort());
    }

    String lastClient() {
      return lastClient;
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
