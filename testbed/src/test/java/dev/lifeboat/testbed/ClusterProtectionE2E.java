package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.testbed.demo.DemoSite;
import dev.lifeboat.testbed.demo.Lifeboat;
import dev.lifeboat.testbed.demo.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A physical machine, this one, led by an operator and streaming to two process servers' pods. */
class ClusterProtectionE2E {
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final int FIRST_PORT = 31443;

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private final Timeline timeline = new Timeline(System.out);
  private Disks disks;
  private DemoSite site;
  private Lifeboat lifeboat;
  private AgentProgram agent;

  @BeforeEach
  void start() throws Exception {
    disks = new Disks(folder, 160);
    disks.fill("content", 120);
    site = new DemoSite(Files.createDirectory(folder.resolve("site")), timeline);
    site.startWithoutGuest();
    lifeboat = new Lifeboat(site.kubectl(), timeline);
  }

  @AfterEach
  void end() throws Exception {
    // The agent first: it holds the disks and writes to the site.
    try (Disks _ = disks;
        DemoSite _ = site;
        AgentProgram _ = agent) {
      disks.stopWriter();
    }
  }

  @Test
  void outlivesAProcessServerAndItsVolume_andIsRefusedWhenDeleted() throws Exception {
    lifeboat.apply(site.vaultSecrets());
    lifeboat.apply(manifest());
    lifeboat.await("rpol", "silver", "ServersReady", LONG);
    timeline.step("enrolment", this::enrol);
    agent.start();
    disks.startWriter(3);
    lifeboat.awaitProtected("physical", LONG);
    timeline.step("a process server dies with its volume", this::losesItsServer);
    timeline.step("kubectl delete pvm", this::isRefused);
  }

  private String manifest() throws IOException {
    try (InputStream template =
        ClusterProtectionE2E.class.getResourceAsStream("two-servers.yaml")) {
      return new String(template.readAllBytes(), StandardCharsets.UTF_8)
          .replace("VAULT", site.vaultEndpoint())
          .replace("NODE", site.nodeAddress());
    }
  }

  /** By what the operator's Secret says; the package is not needed, the program is there. */
  private void enrol() throws IOException {
    Matcher line =
        Pattern.compile("LIFEBOAT_TOKEN=(\\S+) .* --endpoint (\\S+) --ca-sha256 (\\S+)")
            .matcher(lifeboat.enrolmentCommand("physical"));
    assertThat(line.find()).isTrue();
    agent =
        new AgentProgram(
            folder,
            "agent",
            UUID.randomUUID(),
            folder,
            AgentProgram.Settings.led(disks.list(), line.group(2)).with("baseRate: 16MiB\n"));
    List<String> arguments =
        new ArrayList<>(List.of("--endpoint", line.group(2), "--token", line.group(1)));
    arguments.addAll(List.of("--ca-sha256", line.group(3)));
    disks.list().forEach(disk -> arguments.addAll(List.of("--disk", disk.device().toString())));
    Command.Result enrolled = agent.command("enrol", arguments.toArray(String[]::new));
    assertThat(enrolled.exitCode()).as(enrolled.output()).isZero();
  }

  /** Another server takes the machine over from the vault alone, and no disk is read again. */
  private void losesItsServer() throws Exception {
    JsonNode before = agent.status();
    int ordinal = port(before) - FIRST_PORT;
    String newest = newestPoint();
    String name = "silver-ps-" + ordinal;
    String claim =
        site.kubectl()
            .run(
                "get",
                "pod",
                name,
                "--output=jsonpath={.spec.volumes[*].persistentVolumeClaim.claimName}");
    site.kubectl().run("delete", "pvc", "--wait=false", claim);
    site.kubectl().run("delete", "pod", "--grace-period=0", "--force", name);
    AtomicLong mostLeft = new AtomicLong();
    JsonNode after =
        agent.until(
            "taken over",
            status -> {
              mostLeft.accumulateAndGet(status.path("bytesLeft").asLong(), Math::max);
              return status.path("connected").asBoolean()
                  && status.path("epoch").asLong() > before.path("epoch").asLong()
                  && status.path("state").asText().equals("Consistent");
            });
    assertThat(after.path("lineage")).isEqualTo(before.path("lineage"));
    assertThat(mostLeft.get()).as("bytes read again").isLessThan(64L << 20);
    agent.mark("after the loss");
    await().atMost(LONG).until(() -> newestPoint().compareTo(newest) > 0);
    lifeboat.awaitProtected("physical", LONG);
    lifeboat.await("pvm", "physical", "RpoMet", LONG);
  }

  private static int port(JsonNode status) {
    String server = status.path("server").asText();
    return Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
  }

  private String newestPoint() throws IOException {
    return lifeboat.get("pvm", "physical").at("/status/lastRecoveryPointTime").asText();
  }

  private void isRefused() throws IOException {
    long began = System.nanoTime();
    site.kubectl().run("delete", "pvm", "physical", "--timeout=60s");
    agent.until(
        "refused by both",
        status ->
            status.at("/operator/trouble").asText().startsWith("refused: ")
                && status.path("trouble").asText().contains("REVOKED"));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("refused after %d s%n", took.toSeconds());
    assertThat(took).isLessThan(MINUTE);
    assertThat(site.kubectl().run("get", "secret", "physical-agent", "--ignore-not-found"))
        .isEmpty();
  }
}
