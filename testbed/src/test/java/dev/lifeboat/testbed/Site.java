package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.replicator.ReplicatorCommand;
import dev.lifeboat.testbed.network.FreePort;
import dev.lifeboat.vault.VaultCommand;
import dev.lifeboat.vault.azurite.Azurite;
import dev.lifeboat.vault.azurite.FaultyProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/**
 * A site with what one machine needs: an authority, a blob service, a vault, process servers and
 * agents, each a program of its own, started as a user starts it. Closing ends them, newest first.
 */
final class Site implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final UUID machine = UUID.randomUUID();
  private final Azurite azurite;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private Path logSas;
  private Path headSas;

  Site(Path folder) throws IOException {
    this.folder = folder;
    azurite = Azurite.start(Files.createDirectory(folder.resolve("azurite")));
    open.push(azurite);
    replicator("ca", "create", "--out", path("ca"));
    replicator(
        "ca",
        "machine",
        "--ca",
        path("ca"),
        "--machine",
        machine.toString(),
        "--out",
        path("machine"));
    Files.writeString(folder.resolve("vault.yaml"), vaultYaml(azurite.endpoint()));
    assertThat(VaultCommand.execute("init", "--config", path("vault.yaml"), "--yes")).isZero();
    Instant expiry = Instant.now().plus(Duration.ofHours(1));
    logSas = azurite.sasFile("lifeboat-log", "crl", expiry);
    headSas = azurite.sasFile("lifeboat-head", "rw", expiry);
  }

  /** What `lifeboat-replicator` does of these, without a program of its own: each test needs it. */
  static void replicator(String... arguments) {
    assertThat(ReplicatorCommand.execute(arguments)).as("%s", List.of(arguments)).isZero();
  }

  UUID machine() {
    return machine;
  }

  Azurite azurite() {
    return azurite;
  }

  Path folder() {
    return folder;
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private String vaultYaml(URI endpoint) {
    return """
    machine: %s
    recoveryKeyFile: %s
    azure:
      endpoint: %s
      caFile: %s
      credential: {kind: sharedKey, account: %s, file: %s}
    """
        .formatted(
            machine,
            path("recovery.key"),
            endpoint,
            azurite.caFile(),
            Azurite.ACCOUNT,
            azurite.sharedKeyFile());
  }

  String vaultConfig() {
    return path("vault.yaml");
  }

  /** The recovery points, oldest first, as `lifeboat-vault points --json` lists them. */
  JsonNode points() throws IOException {
    return JSON.readTree(vault("points", "--json").output()).path("points");
  }

  /** The id of the point with a label; there must be one. */
  String point(String label) throws IOException {
    for (JsonNode point : points()) {
      if (point.path("label").asText().equals(label)) {
        return point.path("id").asText();
      }
    }
    throw new AssertionError("no point is called " + label);
  }

  /** What `lifeboat-vault verify` looks at is whole. */
  void verify() {
    assertThat(VaultCommand.execute("verify", "--config", vaultConfig())).isZero();
  }

  /** Runs `lifeboat-vault` with this site's configuration. */
  Command.Result vault(String command, String... more) {
    String[] all = new String[more.length + 4];
    all[0] = Program.bin("lifeboat-vault");
    all[1] = command;
    all[2] = "--config";
    all[3] = path("vault.yaml");
    System.arraycopy(more, 0, all, 4, more.length);
    return Command.attempt(all);
  }

  /** A process server, not started yet, that reaches the blob service directly. */
  ProcessServer server(String name) throws IOException {
    return server(name, azurite.endpoint(), folder.resolve(name + "-cache"));
  }

  /** A process server that reaches the blob service through a proxy that makes trouble. */
  ProcessServer server(String name, FaultyProxy proxy) throws IOException {
    return server(name, proxy.endpoint(), folder.resolve(name + "-cache"));
  }

  /** A process server with its cache where a test wants it. */
  ProcessServer server(String name, URI endpoint, Path cache) throws IOException {
    return server(name, endpoint, cache, InetAddress.getLoopbackAddress());
  }

  /** A process server that listens on an address of this machine, for machines of a network. */
  ProcessServer server(String name, InetAddress address) throws IOException {
    return server(name, azurite.endpoint(), folder.resolve(name + "-cache"), address);
  }

  /** A process server whose certificate carries a name and no address. */
  ProcessServer serverCertifiedAs(String name, String certified) throws IOException {
    return server(
        name,
        azurite.endpoint(),
        folder.resolve(name + "-cache"),
        InetAddress.getLoopbackAddress(),
        certified);
  }

  private ProcessServer server(String name, URI endpoint, Path cache, InetAddress address)
      throws IOException {
    return server(name, endpoint, cache, address, address.getHostAddress());
  }

  private ProcessServer server(
      String name, URI endpoint, Path cache, InetAddress address, String certified)
      throws IOException {
    replicator("ca", "server", "--ca", path("ca"), "--host", certified, "--out", path(name));
    ProcessServer server =
        new ProcessServer(
            folder,
            name,
            new InetSocketAddress(address, FreePort.next()),
            FreePort.next(),
            cache,
            azureYaml(endpoint),
            path("recovery.key"));
    open.push(server);
    return server;
  }

  /** No more rights than a process server must have. */
  private String azureYaml(URI endpoint) {
    return """
    azure:
      endpoint: %s
      caFile: %s
      logCredential: {kind: sas, file: %s}
      headCredential: {kind: sas, file: %s}
    """
        .formatted(endpoint, azurite.caFile(), logSas, headSas);
  }

  /** A link to a server, open. */
  Link link(ProcessServer server, long seed) throws IOException {
    Link link = new Link(server.port(), seed);
    open.push(link);
    return link;
  }

  /** An agent of this site's machine, not started yet. */
  AgentProgram agent(String name, AgentProgram.Settings settings) throws IOException {
    AgentProgram agent =
        new AgentProgram(folder, name, machine, folder.resolve("machine"), settings);
    open.push(agent);
    return agent;
  }

  /** Keeps something open as long as the site. */
  <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (AutoCloseable resource : open) {
      try {
        resource.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException("could not end " + resource, e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
