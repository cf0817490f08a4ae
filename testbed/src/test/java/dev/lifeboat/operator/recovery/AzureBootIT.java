package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.testbed.azure.AzureSettings;
import dev.lifeboat.testbed.azure.QemuMachines;
import dev.lifeboat.testbed.machine.MachineImage;
import dev.lifeboat.testbed.network.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real machine comes up of a run whose operator is killed again and again. */
class AzureBootIT {

  @Test
  void killedAtEachCall_oneMachineBootsFromWholeDisks(@TempDir Path folder) throws Exception {
    MachineImage image = MachineImage.busybox();
    try (TestNetwork network = TestNetwork.start()) {
      Path bridges = Files.createDirectory(folder.resolve("bridges"));
      AzureSettings settings = AzureSettings.loopback().booting(new QemuMachines(network, bridges));
      try (AzureWorld world =
          new AzureWorld(
              Files.createDirectory(folder.resolve("world")),
              settings,
              JobBoard.Kind.THREAD,
              List.of(image.bootDisk(), image.dataDisk()))) {
        world.run("drill", Action.TestFailover);
        Set<String> deaths = world.driveByMortals("drill");
        assertThat(deaths)
            .anyMatch(d -> d.equals("BEHIND start keeper of disk 1"))
            .anyMatch(d -> d.matches("BEHIND PUT .*/virtualMachines/db1-test"));
        assertThat(world.status("drill").phase())
            .as(world.status("drill").toString())
            .isEqualTo(Phase.Succeeded);
        await()
            .atMost(Duration.ofMinutes(3))
            .untilAsserted(() ->
                assertThat(world.site.console("db1-test"))
                    .contains("guest: fsck root clean")
                    .contains("guest: fsck data clean")
                    .contains("guest: ready")
                    .contains("guest: address " + world.member("drill").privateIp()));
        assertThat(machines(folder)).isEqualTo(1);
      }
    }
  }

  private static long machines(Path folder) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains("qemu-system") && line.contains(folder.toString()))
        .count();
  }
}
