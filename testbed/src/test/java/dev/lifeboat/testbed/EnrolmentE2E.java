package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.util.BinaryData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.operator.agents.AgentRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine enrols with the operator's endpoint and is led by it, from its first word to the day
 * that it is not protected any more; process servers are known by a name that is no address.
 */
class EnrolmentE2E {

  private static final String CERTIFIED = "gold.default.process-server.lifeboat";
  private static final Duration WITHIN = Duration.ofSeconds(60);

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Disks disks;
  private Site site;
  private ProcessServer one;
  private ProcessServer two;
  private OperatorDesk desk;
  private AgentProgram agent;

  @BeforeEach
  void start() throws Exception {
    disks = new Disks(folder, 48);
    disks.fill("content", 8);
    site = new Site(folder);
    one = site.serverCertifiedAs("one", CERTIFIED).start();
    two = site.serverCertifiedAs("two", CERTIFIED).start();
    desk = site.keep(new OperatorDesk(folder.resolve("ca"), Optional.empty()));
    agent = site.agent("agent", AgentProgram.Settings.led(disks.list(), desk.address()));
  }

  @AfterEach
  void end() throws Exception {
    site.close();
    disks.close();
  }

  @Test
  void machineIsLed_fromEnrolmentToItsEnd() throws Exception {
    desk.ahead(Duration.ofDays(-11));
    enrol();
    waitsForAProcessServer_thenStreams();
    disks.startWriter(7);
    renewsItsCertificate_whileStreaming();
    showsTheNewCertificate_whenItConnectsNext();
    goesWhereItIsMoved();
    outlivesItsOperator();
    disks.assertComesBack(site, agent);
    isRefused_whenItIsNotProtectedAnyMore();
  }

  private void enrol() {
    String token = desk.expect("machine", site.machine(), Duration.ofHours(1));
    Command.Result enrolled =
        agent.command(
            "enrol",
            "--endpoint",
            desk.address(),
            "--token",
            token,
            "--ca-sha256",
            desk.authorityHash(),
            "--disk",
            disks.list().get(0).device().toString(),
            "--disk",
            disks.list().get(1).device().toString());
    assertThat(enrolled.output())
        .contains("enrolled as machine " + site.machine() + " at " + desk.address());
    assertThat(enrolled.exitCode()).isZero();
    AgentRecord known = desk.record("machine");
    assertThat(known.disks()).extracting(AgentRecord.Disk::id).containsExactly(1, 2);
    assertThat(known.hardware()).startsWith("uuid:");
    assertThat(known.facts().cores()).isPositive();
    assertThat(Command.run("stat", "--format=%a", agent.identity().resolve("tls.key").toString()))
        .isEqualTo("600\n");
    Command.run(
        "openssl",
        "verify",
        "-CAfile",
        agent.identity().resolve("ca.crt").toString(),
        "-no_check_time",
        agent.identity().resolve("tls.crt").toString());
  }

  private void waitsForAProcessServer_thenStreams() {
    agent.start();
    JsonNode waiting =
        agent.until(
            "an answer of the operator",
            status -> status.at("/operator/trouble").asText().contains("no process server"));
    assertThat(waiting.path("state").asText()).isEqualTo("Starting");
    assertThat(agent.command("status").output())
        .contains("state      Starting: the operator has not said yet what to do")
        .contains("operator   " + desk.address() + ": no process server has an address yet");
    desk.assign(CERTIFIED, one, two);
    agent.untilConsistent();
    agent.mark("first");
    await()
        .atMost(WITHIN)
        .untilAsserted(() -> {
          var heard = desk.reports().of(site.machine()).orElseThrow().report();
          assertThat(heard.state()).isEqualTo("Consistent");
          assertThat(heard.percent()).isEqualTo(100);
          assertThat(heard.server()).isEqualTo("127.0.0.1:" + one.port());
        });
  }

  private void renewsItsCertificate_whileStreaming() throws Exception {
    String ended = agent.status().at("/operator/certificateEnds").asText();
    String sessions = sessions();
    desk.ahead(Duration.ZERO);
    agent.until(
        "another certificate",
        status -> status.at("/operator/certificateEnds").asText().compareTo(ended) > 0);
    agent.mark("renewed");
    assertThat(sessions()).as("the session goes on").isEqualTo(sessions);
    assertThat(
            Command.run(
                "openssl",
                "x509",
                "-noout",
                "-checkend",
                Long.toString(Duration.ofDays(29).toSeconds()),
                "-in",
                agent.identity().resolve("tls.crt").toString()))
        .contains("will not expire");
  }

  /** What the agent's log says of sessions. */
  private String sessions() throws Exception {
    StringBuilder said = new StringBuilder();
    agent
        .program()
        .output()
        .lines()
        .filter(line -> line.contains("welcomes") || line.contains("no session"))
        .forEach(line -> said.append(line).append('\n'));
    return said.toString();
  }

  /** Every certificate but the newest is revoked: a session that shows one of them ends. */
  private void showsTheNewCertificate_whenItConnectsNext() throws Exception {
    List<AgentRecord.Certificate> all = desk.record("machine").certificates();
    assertThat(all.size()).isGreaterThan(1);
    deny(all.subList(0, all.size() - 1));
    await("the old certificate is refused")
        .atMost(WITHIN)
        .until(() -> sessions().contains("refused (REVOKED)"));
    agent.untilConsistent();
    agent.mark("reconnected");
  }

  private void deny(List<AgentRecord.Certificate> certificates) throws Exception {
    List<String> serials = certificates.stream().map(AgentRecord.Certificate::serial).toList();
    String list = new ObjectMapper().writeValueAsString(Map.of("version", 1, "serials", serials));
    site.azurite()
        .owner()
        .getBlobContainerClient("lifeboat-head")
        .getBlobClient("denied")
        .upload(BinaryData.fromString(list), true);
  }

  private void goesWhereItIsMoved() throws Exception {
    long epoch = agent.status().path("epoch").asLong();
    String lineage = agent.status().path("lineage").asText();
    desk.assign(CERTIFIED, two, one);
    agent.until(
        "moved",
        status ->
            status.path("connected").asBoolean()
                && status.path("server").asText().endsWith(":" + two.port()));
    agent.untilConsistent();
    agent.mark("moved");
    assertThat(agent.status().path("epoch").asLong()).isGreaterThan(epoch);
    assertThat(agent.status().path("lineage").asText()).isEqualTo(lineage);
  }

  private void outlivesItsOperator() throws Exception {
    desk.close();
    agent.until(
        "nobody answers",
        status -> status.at("/operator/trouble").asText().contains("cannot be reached"));
    agent.mark("alone");
    agent.program().kill();
    agent.start();
    agent.untilConsistent();
    agent.mark("alone, and started anew");
    assertThat(agent.status().path("server").asText()).endsWith(":" + two.port());
    desk.open();
    agent.until(
        "the operator is back", status -> status.at("/operator/trouble").asText().isEmpty());
  }

  private void isRefused_whenItIsNotProtectedAnyMore() throws Exception {
    List<AgentRecord.Certificate> all = desk.record("machine").certificates();
    long began = System.nanoTime();
    desk.delete("machine");
    deny(all);
    JsonNode refused =
        agent.until(
            "both say so",
            status ->
                status.at("/operator/trouble").asText().startsWith("refused: ")
                    && status.path("trouble").asText().contains("REVOKED"));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("refused after %d s%n", took.toSeconds());
    assertThat(took).isLessThan(WITHIN);
    assertThat(refused.at("/operator/trouble").asText())
        .isEqualTo(
            "refused: machine "
                + site.machine()
                + " is not protected any more, or was enrolled anew");
    assertThat(agent.command("status").output()).contains("is not protected any more");
  }
}
