package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.VaultSpec;
import dev.lifeboat.operator.policy.VaultMounts;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.testbed.azure.AzureSite;
import dev.lifeboat.testbed.azure.CloudSite;
import dev.lifeboat.testbed.azure.TestbedNames;
import dev.lifeboat.testbed.process.ProjectFolder;
import dev.lifeboat.vault.VaultCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What keeps keepers in place of Kubernetes: each Job's own command line, on files laid out as its
 * volumes would be; as a program, or on a thread. It outlives the operators that use it.
 * Thread-safe.
 */
final class JobBoard implements Keepers, AutoCloseable {

  /** What a Job's container becomes. */
  enum Kind {
    /** {@code bin/lifeboat-replicator}. */
    PROGRAM,
    /** The same command in this JVM, where a start of Java for each would take minutes. */
    THREAD
  }

  private record Job(CompletableFuture<Integer> exit, Path log, Runnable kill) {}

  private final CloudSite site;
  private final Path folder;
  private final Kind kind;
  private final Map<String, Job> jobs = new HashMap<>();
  private final List<String> started = new ArrayList<>();

  JobBoard(CloudSite site, Path folder, Kind kind) {
    this.site = site;
    this.folder = folder;
    this.kind = kind;
  }

  /** The names of all Jobs so far, also of those that are gone. */
  synchronized List<String> started() {
    return List.copyOf(started);
  }

  synchronized boolean isEmpty() {
    return jobs.isEmpty();
  }

  @Override
  public synchronized Map<Integer, Observed.JobState> jobs(RecoveryRun run, String machine) {
    Map<Integer, Observed.JobState> found = new HashMap<>();
    for (int disk = 1; disk <= MachineInVault.DISKS; disk++) {
      Job job = jobs.get(KeeperJobs.name(run, machine, disk));
      if (job != null) {
        found.put(disk, state(job));
      }
    }
    return found;
  }

  private static Observed.JobState state(Job job) {
    if (!job.exit().isDone()) {
      return new Observed.JobState(Observed.JobPhase.Running, "");
    }
    return job.exit().join() == 0
        ? new Observed.JobState(Observed.JobPhase.Succeeded, "")
        : new Observed.JobState(Observed.JobPhase.Failed, "exit code " + job.exit().join());
  }

  @Override
  public synchronized void start(RecoveryRun run, MemberSubject subject, Order order) {
    String machine = subject.machine().getMetadata().getName();
    String name = KeeperJobs.name(run, machine, order.disk());
    if (jobs.containsKey(name)) {
      return;
    }
    started.add(name);
    Path place = folder.resolve(name + "-" + started.size());
    try {
      List<String> command = new ArrayList<>();
      command.add(ProjectFolder.root().resolve("bin/lifeboat-replicator").toString());
      KeeperJobs.job(run, subject, order, new OperatorSettings.Image("none", "Never", List.of()))
          .getSpec()
          .getTemplate()
          .getSpec()
          .getContainers()
          .getFirst()
          .getArgs()
          .forEach(argument -> command.add(placed(argument, place)));
      volumes(place, subject.policy().getSpec().vault(), order.target());
      jobs.put(name, kind == Kind.PROGRAM ? program(command, place) : thread(command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String placed(String text, Path place) {
    return text.replace("/etc/lifeboat", place.toString())
        .replaceFirst("^/scratch$", place.resolve("scratch").toString());
  }

  private void volumes(Path place, VaultSpec vault, URI target) throws IOException {
    Map<String, String> access = site.secrets().get(vault.credentialSecretRef().name());
    Files.createDirectories(place.resolve("scratch"));
    file(
        place, "recovery-key/recovery.key", site.secrets().get("recovery-key").get("recovery.key"));
    file(place, "vault-credential/accountKey", access.get("accountKey"));
    file(place, "vault-ca/ca.crt", site.secrets().get("authority").get("ca.crt"));
    file(place, "target/url", target.toString());
    file(
        place,
        "configuration/vault.yaml",
        placed(VaultMounts.configuration(vault, true, access.get("account")), place));
  }

  private static void file(Path place, String name, String text) throws IOException {
    Path file = place.resolve(name);
    Files.createDirectories(file.getParent());
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  /** The program does not know the testbed's names: it gets a hosts file. */
  private static Job program(List<String> command, Path place) throws IOException {
    Path hosts = place.resolve("hosts");
    Files.writeString(
        hosts,
        "%s %s.blob.%s\n%s manageddisks.blob.%s\n"
            .formatted(
                System.getProperty(TestbedNames.VAULT_PROPERTY),
                AzureSite.VAULT_ACCOUNT,
                AzureSite.DOMAIN,
                System.getProperty(TestbedNames.PROPERTY),
                AzureSite.DOMAIN));
    Path log = place.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder
        .environment()
        .put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -Djdk.net.hosts.file=" + hosts);
    Process process = builder.start();
    return new Job(process.onExit().thenApply(Process::exitValue), log, process::destroyForcibly);
  }

  private static Job thread(List<String> command) {
    String[] arguments = command.subList(2, command.size()).toArray(String[]::new);
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                exit.complete(VaultCommand.execute(arguments));
              } catch (RuntimeException | Error e) {
                exit.complete(99);
                throw e;
              }
            });
    return new Job(exit, Path.of(""), thread::interrupt);
  }

  /** What the program of a disk printed. */
  synchronized String log(RecoveryRun run, String machine, int disk) throws IOException {
    return Files.readString(jobs.get(KeeperJobs.name(run, machine, disk)).log());
  }

  @Override
  public synchronized void remove(RecoveryRun run, String machine) {
    for (int disk = 1; disk <= MachineInVault.DISKS; disk++) {
      Job job = jobs.remove(KeeperJobs.name(run, machine, disk));
      if (job != null) {
        job.kill().run();
      }
    }
  }

  /** Ends and forgets all Jobs. */
  synchronized void clear() {
    jobs.values().forEach(job -> job.kill().run());
    jobs.clear();
  }

  @Override
  public void close() {
    clear();
  }
}
