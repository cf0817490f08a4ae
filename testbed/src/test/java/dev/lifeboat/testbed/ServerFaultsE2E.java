package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.vault.azurite.FaultyProxy;
import dev.lifeboat.vault.azurite.FaultyProxy.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Process servers die, sleep and lose their disks; the blob service has its troubles. */
class ServerFaultsE2E extends Faults {

  @ParameterizedTest
  @EnumSource
  void serverIsKilled(Phase phase) throws Exception {
    ProcessServer server = site.server("server").start();
    reach(phase, AgentProgram.Settings.of(disks.list(), server.port()));
    for (int i = 0; i < 3; i++) {
      server.program().kill();
      write();
      server.start();
      pause(500 + random.nextInt(1500));
    }
    disks.assertComesBack(site, agent);
  }

  /** The server's disk is gone with it; another takes its machine over from the vault alone. */
  @ParameterizedTest
  @EnumSource
  void serverIsLostWithItsCache(Phase phase) throws Exception {
    ProcessServer first = site.server("first").start();
    ProcessServer second = site.server("second").start();
    AgentProgram.Settings settings =
        AgentProgram.Settings.of(disks.list(), first.port(), second.port());
    reach(phase, settings.with("serverTimeout: 10s\n"));
    write();
    first.program().kill();
    Command.run("rm", "-r", first.cache().toString());
    write();
    agent.until(
        "taken over", status -> status.path("server").asText().endsWith(":" + second.port()));
    disks.assertComesBack(site, agent);
  }

  /** The old owner sleeps, is replaced, wakes up: it must stop by itself and harm nothing. */
  @ParameterizedTest
  @EnumSource
  void oldServerWakesUpAfterTakeover(Phase phase) throws Exception {
    ProcessServer first = site.server("first").start();
    ProcessServer second = site.server("second").start();
    AgentProgram.Settings settings =
        AgentProgram.Settings.of(disks.list(), first.port(), second.port());
    reach(phase, settings.with("serverTimeout: 10s\n"));
    write();
    first.program().stop();
    agent.until(
        "taken over", status -> status.path("server").asText().endsWith(":" + second.port()));
    first.program().go();
    write();
    disks.assertComesBack(site, agent);
    site.verify();
  }

  @ParameterizedTest
  @EnumSource
  void blobServiceAnswers503AndCutsConnections(Phase phase) throws Exception {
    FaultyProxy proxy = site.keep(new FaultyProxy(site.azurite()));
    ProcessServer server = site.server("server", proxy).start();
    Fault[] faults = Fault.values();
    reach(phase, AgentProgram.Settings.of(disks.list(), server.port()));
    proxy.plan((_, _) -> faults[random.nextInt(faults.length)]);
    write();
    await().atMost(Duration.ofSeconds(60)).until(() -> proxy.faults() > 3);
    proxy.plan((_, _) -> Fault.NONE);
    disks.assertComesBack(site, agent);
    site.verify();
  }

  /** The cache disk is full while the blob service is away; then it comes back. */
  @ParameterizedTest
  @EnumSource
  void cacheDiskIsFull(Phase phase) throws Exception {
    FaultyProxy proxy = site.keep(new FaultyProxy(site.azurite()));
    Path cache = folder.resolve("small");
    Files.createDirectory(cache);
    Command.run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", cache.toString());
    site.keep(() -> Command.run("umount", "--lazy", cache.toString()));
    ProcessServer server = site.server("server", proxy.endpoint(), cache.resolve("cache")).start();
    reach(phase, AgentProgram.Settings.of(disks.list(), server.port()));
    proxy.plan((method, _) -> method.equals("PUT") ? Fault.BUSY : Fault.NONE);
    disks.fill("more", 32);
    pause(5000);
    assertThat(server.program().running()).isTrue();
    proxy.plan((_, _) -> Fault.NONE);
    disks.assertComesBack(site, agent);
  }
}
