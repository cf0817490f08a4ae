package dev.lifeboat.operator.recovery;

import static org.awaitility.Awaitility.await;

import com.azure.core.http.HttpClient;
import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.RecoveryPlanSpec.OnError;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.azure.TestClouds;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.Clouds;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.operator.secret.Secrets;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.vaults.MachineVault;
import dev.lifeboat.operator.vaults.SecretVaults;
import dev.lifeboat.operator.vaults.VaultMisconfiguredException;
import dev.lifeboat.operator.vaults.VaultPoint;
import dev.lifeboat.testbed.azure.AzureSettings;
import dev.lifeboat.testbed.azure.CloudSite;
import dev.lifeboat.vault.head.Head;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.Assertions;

/**
 * A machine with a log in a real vault, and runs on it: the operator's own driver, vault and Azure,
 * against the simulator, look by look. A program that is killed is followed by one that knows what
 * the runs' status says and nothing else. Closed by whoever started it; not thread-safe.
 */
final class AzureWorld implements AutoCloseable {

  static final String MACHINE = "db1";
  static final String ADDRESS = "10.1.2.20";
  static final Instant FIRST = Instant.parse("2026-05-01T10:00:00Z");

  private static final Replica.Sizing SIZE =
      new Replica.Sizing(Optional.empty(), 2, 4096, TargetSpec.DiskType.StandardSSD_LRS);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  final CloudSite site;
  final JobBoard jobs;
  final MachineInVault machine;
  private final HttpClient http;
  private final UUID uid = UUID.randomUUID();
  private final Path folder;
  private final Map<String, RecoveryRun> runs = new LinkedHashMap<>();
  private Program program;
  private String subnet = "servers";

  /** One life of the operator. */
  private record Program(Lifeline life, Clouds clouds, SecretVaults vaults, MachineClaims claims) {}

  AzureWorld(Path folder, AzureSettings settings, JobBoard.Kind keepers) throws Exception {
    this(folder, settings, keepers, List.of());
    machine.writeAndMark(FIRST);
    machine.writeAndMark(FIRST.plusSeconds(5));
  }

  /** With a machine whose disks are these images; without any, with small disks and no point. */
  AzureWorld(Path folder, AzureSettings settings, JobBoard.Kind keepers, List<Path> images)
      throws Exception {
    this.folder = folder;
    site = CloudSite.start(folder, settings);
    http = site.azure().http().client();
    jobs = new JobBoard(site, folder.resolve("jobs"), keepers);
    program = program(Lifeline.endless());
    vault().prepare();
    vault().createMachine(uid);
    Path own = folder.resolve("machine");
    machine =
        images.isEmpty()
            ? MachineInVault.random(site, uid, own)
            : MachineInVault.of(site, uid, own, images);
  }

  private Program program(Lifeline life) throws IOException {
    Secrets secrets = (_, name) -> Optional.ofNullable(site.secrets().get(name));
    return new Program(
        life,
        TestClouds.over(site.settings(), secrets, http, life),
        new SecretVaults(secrets, Files.createTempDirectory(folder, "operator")),
        new MachineClaims());
  }

  /** From now on a new program works, with this life. */
  Lifeline restart(Lifeline life) throws IOException {
    program = program(life);
    return life;
  }

  MachineVault vault() throws VaultMisconfiguredException {
    return program.vaults().open(site.policy());
  }

  Head head() throws Exception {
    return vault().head(uid).orElseThrow();
  }

  /** The ids of all points. */
  List<String> points() throws Exception {
    return vault().points(uid).stream().map(VaultPoint::id).toList();
  }

  /** A new run, as somebody applied it and as its reconciler took it up. */
  RecoveryRun run(String name, Action action) {
    return run(name, new RecoveryRunSpec(action, MACHINE, null, null, null, null));
  }

  RecoveryRun run(String name, RecoveryRunSpec spec) {
    RecoveryRun run = new RecoveryRun();
    run.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace("test")
            .withUid("uid-of-" + name)
            .withGeneration(1L)
            .build());
    run.setSpec(spec);
    run.setStatus(
        new RecoveryRunStatus(
            1L,
            RecoveryRunStatus.Phase.Running,
            "machine/" + MACHINE,
            null,
            Members.text(Instant.now()),
            null,
            null,
            null,
            List.of(Members.fresh(MACHINE, uid.toString(), 0)),
            List.of()));
    runs.put(name, run);
    return run;
  }

  /** Where failovers go from now on; it need not exist. */
  void subnet(String name) {
    subnet = name;
  }

  void cancel(String name) {
    RecoveryRun run = runs.get(name);
    RecoveryRunSpec was = run.getSpec();
    run.setSpec(new RecoveryRunSpec(was.action(), was.machine(), null, was.point(), null, true));
  }

  /** The run's one machine, as the status says. */
  Member member(String name) {
    return runs.get(name).getStatus().members().getFirst();
  }

  RecoveryRunStatus status(String name) {
    return runs.get(name).getStatus();
  }

  /** One look of the program. What a dead one would have written is not written. */
  void look(String name) {
    RecoveryRun run = runs.get(name);
    Clock clock = Clock.systemUTC();
    MemberWork work =
        new MemberWork(
            new Subjects(), new MortalKeepers(jobs, program.life()), _ -> Optional.empty(), clock);
    List<Member> next;
    try {
      next = new RunDriver(work, clock).advance(run, run.getStatus().members(), OnError.Stop);
    } catch (UncheckedIOException e) {
      next = List.of();
      if (!program.life().dead()) {
        throw e;
      }
    }
    if (program.life().dead()) {
      return;
    }
    Conditions conditions =
        new Conditions(run.getStatus().conditions(), RunProgress.TYPES, 1, clock);
    run.setStatus(RunProgress.status(run, next, conditions, clock.instant()));
    // Through JSON and back, as the API server has it.
    runs.put(name, Serialization.unmarshal(Serialization.asJson(run), RecoveryRun.class));
    if (runs.get(name).getStatus().ended()) {
      program.claims().release(run);
    }
  }

  /** Looks until the run says this reason while it goes on. */
  void driveUntil(String name, String reason) {
    await()
        .alias("run " + name + " says " + reason)
        .atMost(LONGEST)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          look(name);
          return !status(name).ended() && reason.equals(member(name).reason());
        });
  }

  /** Looks until the run has ended, or its program has. */
  void drive(String name) {
    await()
        .alias("run " + name)
        .atMost(LONGEST)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          look(name);
          return program.life().dead() || status(name).ended();
        });
  }

  /**
   * Drives a run by programs of which each is killed: before and behind every call that changes
   * something, once. Returns these deaths.
   */
  Set<String> driveByMortals(String name) throws IOException {
    Set<String> deaths = new LinkedHashSet<>();
    while (!status(name).ended()) {
      restart(Lifeline.unlike(deaths));
      drive(name);
    }
    restart(Lifeline.endless());
    return deaths;
  }

  /** As if the machine had never been failed over; its points stay. */
  void startOver() throws Exception {
    restart(Lifeline.endless());
    site.azure().faults().clear();
    site.wipe();
    jobs.clear();
    var _ = vault().changeHead(uid, HeadClaim::released);
  }

  /** The bytes in Azure are those of the point of this number. */
  void hasBytesOf(int point, String vm) throws IOException {
    for (int disk = 1; disk <= MachineInVault.DISKS; disk++) {
      Assertions.assertThat(site.bytes(vm + "-disk-" + disk))
          .hasSameBinaryContentAs(machine.at(point, disk));
    }
  }

  @Override
  public void close() throws IOException {
    jobs.close();
    site.close();
  }

  /** As {@link KubernetesSubjects} finds them, for one machine whose objects are all there. */
  private final class Subjects implements dev.lifeboat.operator.recovery.Subjects {

    @Override
    public Found find(RecoveryRun run, Member member) throws CloudException {
      String name = member.name();
      Optional<String> other = program.claims().claim(run, name, () -> List.copyOf(runs.values()));
      if (other.isPresent()) {
        return new Found.Refused(
            new Observed.Refusal("MachineBusy", "RecoveryRun " + other.get() + " works on it"));
      }
      ProtectedVM object = new ProtectedVM();
      object.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("test").build());
      Cloud cloud = cloud();
      try {
        return new Found.Subject(
            new MemberSubject(
                object,
                site.policy(),
                uid,
                new MortalVault(vault(), program.life()),
                cloud,
                replica(run)));
      } catch (VaultMisconfiguredException e) {
        return new Found.Refused(new Observed.Refusal(e.reason(), e.getMessage()));
      }
    }

    @Override
    public Observed.Source source(MemberSubject subject) {
      return Observed.Source.Silent;
    }
  }

  /** Azure, as the operator has it. */
  Cloud cloud() throws CloudException {
    return program.clouds().open(site.policy());
  }

  /** Somebody else's machine that wants the address of this one. */
  Replica rival() {
    return new Replica(
        UUID.randomUUID(),
        "rival",
        Replica.Purpose.Failover,
        "rival",
        site.place(),
        new Replica.Network(site.subnet("servers"), Optional.of(ADDRESS), false),
        SIZE,
        Map.of());
  }

  private Replica replica(RecoveryRun run) {
    Action action = run.getSpec().action();
    boolean test = action == Action.TestFailover || action == Action.CleanupTestFailover;
    return new Replica(
        uid,
        run.getMetadata().getUid(),
        test ? Replica.Purpose.Test : Replica.Purpose.Failover,
        MACHINE + (test ? "-test" : ""),
        site.place(),
        new Replica.Network(
            test ? site.subnet("tests") : site.subnet(subnet),
            test ? Optional.empty() : Optional.of(ADDRESS),
            false),
        SIZE,
        Map.of());
  }
}
