package dev.lifeboat.testbed.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.testbed.machine.Guest;
import dev.lifeboat.testbed.machine.GuestSsh;
import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.workload.WorkloadReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The story: a machine is protected by two objects and one pasted command, rehearsed while it goes
 * on working, lost together with its process server and its disks, and brought up in Azure by one
 * object more. Each act may be called once, in this order.
 */
public final class FirstLight implements AutoCloseable {
  /** How often the demo's policy asks for a recovery point. */
  public static final int INTERVAL_SECONDS = 5;

  private static final String MACHINE = "shop";
  private static final String REHEARSAL = "rehearsal";
  private static final String SERVERS =
      "--selector=app.kubernetes.io/name=lifeboat-process-server,app.kubernetes.io/instance=gold";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONG = Duration.ofMinutes(15);
  private static final Duration SOON = Duration.ofMinutes(3);

  private final DemoSite site;
  private final Timeline timeline;
  private final Lifeboat lifeboat;
  private Optional<Records> records = Optional.empty();

  /** On a site that is up. */
  public FirstLight(DemoSite site, Timeline timeline) {
    this.site = site;
    this.timeline = timeline;
    this.lifeboat = new Lifeboat(site.kubectl(), timeline);
  }

  /** A policy, a ProtectedVM, the pasted command, the first copy under a workload. */
  public void protect() throws Exception {
    Guest guest = site.guest();
    timeline.step(
        "kubectl apply: policy and ProtectedVM",
        () -> {
          lifeboat.apply(site.vaultSecrets());
          lifeboat.apply(policyAndMachine());
          lifeboat.await("rpol", "gold", "VaultReady", SOON);
          lifeboat.await("rpol", "gold", "ServersReady", SOON);
        });
    timeline.step("the machine takes commands", guest::awaitSsh);
    timeline.step(
        "its workload writes",
        () -> {
          guest.ssh("systemctl enable --now workload");
          guest.awaitConsole("workload: written ");
        });
    records = Optional.of(new Records(guest));
    timeline.step("the pasted command", () -> paste(guest));
    timeline.step("first copy, while it works", () -> lifeboat.awaitProtected(MACHINE, LONG));
  }

  private void paste(Guest guest) throws IOException {
    String command = lifeboat.enrolmentCommand(MACHINE);
    String shown = command.replaceAll("(LIFEBOAT_TOKEN=)\\S+", "$1...");
    timeline.say(shown);
    Command.Result result = guest.attempt(command);
    if (result.exitCode() != 0) {
      throw new IOException("%s: %s".formatted(shown, result.output().strip()));
    }
  }

  /** A test failover that boots and is looked at. */
  public Evidence.Recovered rehearse() throws Exception {
    long written = records().newest();
    long asked = System.nanoTime();
    return timeline.outcome(
        "test failover",
        () ->
            recovered(
                lifeboat.run(REHEARSAL, "action: TestFailover\nmachine: " + MACHINE, LONG),
                written,
                asked));
  }

  /** The rehearsal's replica goes, and replication goes on. */
  public void cleanUp() throws Exception {
    timeline.step(
        "cleaned up, replication goes on",
        () -> {
          lifeboat.run("cleaned", "action: CleanupTestFailover\nmachine: " + MACHINE, LONG);
          String before = newestPoint();
          Waiting.until(
              "a newer recovery point",
              SOON,
              timeline,
              () -> {
                String now = newestPoint();
                return now.compareTo(before) > 0 ? Optional.empty() : Optional.of("newest " + now);
              });
        });
  }

  /**
   * The agent that boots with the rehearsal's replica finds that it is not on the machine that is
   * protected, and does nothing. It takes an emulated machine some minutes to say so.
   */
  public void awaitDormantReplica() throws Exception {
    timeline.step("its agent stays dormant", this::awaitDormant);
  }

  private void awaitDormant() throws IOException {
    String address = lifeboat.get("rrun", REHEARSAL).at("/status/members/0/privateIp").asText();
    GuestSsh replica = site.replica(address);
    Waiting.until(
        "the replica's agent",
        LONG,
        timeline,
        () -> {
          Command.Result status =
              replica.attempt("lifeboat-agent status --json", Duration.ofMinutes(1));
          if (status.exitCode() != 0) {
            return Optional.of("the replica's agent starts");
          }
          String state = JSON.readTree(status.output()).path("state").asText();
          return state.equals("Dormant")
              ? Optional.empty()
              : Optional.of("the replica's agent is " + state + ", not Dormant");
        });
  }

  private String newestPoint() throws IOException {
    return lifeboat.get("pvm", MACHINE).at("/status/lastRecoveryPointTime").asText();
  }

  /** The machine, its disks, the process server and its volume are gone. */
  public long disaster() throws Exception {
    Guest guest = site.guest();
    timeline.step(
        "DISASTER: kill -9 of the machine, disks and process server deleted",
        () -> {
          guest.kill();
          for (Path disk : guest.disks()) {
            Files.delete(disk);
          }
          site.kubectl().run("delete", "pvc", "--wait=false", SERVERS);
          site.kubectl().run("delete", "pod", "--grace-period=0", "--force", SERVERS);
        });
    return System.nanoTime();
  }

  /**
   * The replica comes up, and its failover is committed.
   *
   * @param died when the disaster struck, by {@link System#nanoTime()}
   */
  public Evidence.Recovered recover(long died) throws Exception {
    long written = records().newest();
    // A failover of a machine that may still run is refused.
    timeline.step("its silence is noticed", () -> lifeboat.awaitSilence(MACHINE, SOON));
    Evidence.Recovered shown =
        timeline.outcome(
            "failover",
            () ->
                recovered(
                    lifeboat.run("flood", "action: Failover\nmachine: " + MACHINE, LONG),
                    written,
                    died));
    timeline.step(
        "commit",
        () -> lifeboat.run("kept", "action: Commit\nmachine: " + MACHINE, Duration.ofMinutes(5)));
    return shown;
  }

  /** Waits for what the replica's first boot says of its disks. */
  private Evidence.Recovered recovered(JsonNode run, long written, long asked) throws IOException {
    JsonNode member = run.at("/status/members/0");
    String vm = member.path("vmName").asText();
    Waiting.until(
        vm + "'s console",
        SOON,
        timeline,
        () -> {
          String console = site.prompt().console(DemoSite.MACHINES_GROUP, vm);
          return WorkloadReport.of(console).lastInB().isPresent()
              ? Optional.empty()
              : Optional.of(vm + " boots");
        });
    WorkloadReport report = WorkloadReport.of(site.prompt().console(DemoSite.MACHINES_GROUP, vm));
    long recovered = report.lastInB().orElseThrow();
    timeline.say("%s: record %d of %d is there".formatted(vm, recovered, written));
    return new Evidence.Recovered(
        written,
        recovered,
        records().ageAt(recovered, asked),
        report.sound(),
        member.path("point").asText(),
        run.at("/status/rpoSeconds").asLong(),
        run.at("/status/rtoSeconds").asLong(),
        member.path("disks"),
        member.path("timeline"));
  }

  /** The same point once more, from the vault and its key alone: are they the bytes that booted? */
  public List<Evidence.DiskHash> compareByHand(Evidence.Recovered recovered) throws Exception {
    String uid = lifeboat.get("pvm", MACHINE).at("/status/machineUid").asText();
    return timeline.outcome(
        "the same point by lifeboat-vault hydrate, compared",
        () -> site.byHand().compare(uid, recovered));
  }

  private Records records() {
    return records.orElseThrow(() -> new IllegalStateException("nothing is protected yet"));
  }

  private String policyAndMachine() throws IOException {
    String network = "/providers/Microsoft.Network/virtualNetworks/%s/subnets/servers";
    try (InputStream template = FirstLight.class.getResourceAsStream("protection.yaml")) {
      return new String(template.readAllBytes(), StandardCharsets.UTF_8)
          .replace("VAULT", site.vaultEndpoint())
          .replace("NODE", site.nodeAddress())
          .replace("INTERVAL", Integer.toString(INTERVAL_SECONDS))
          .replace("SUBSCRIPTION", site.azure().account().subscription())
          .replace("RECOVERY", network(network, "recovery"))
          .replace("DRILL", network(network, "drill"));
    }
  }

  private String network(String pattern, String name) {
    return site.prompt().id(DemoSite.NETWORK_GROUP, pattern.formatted(name));
  }

  @Override
  public void close() {
    records.ifPresent(Records::close);
  }
}
