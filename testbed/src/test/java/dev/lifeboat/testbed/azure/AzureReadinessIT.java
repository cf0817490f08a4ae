package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudView.State;
import dev.lifeboat.operator.cloud.Replica;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked at before anybody needs it: nothing is made, and what is missing is said. */
class AzureReadinessIT {
  @TempDir private static Path folder;
  private static OperatorCloud azure;
  private static CloudSite site;
  private static Cloud cloud;

  @BeforeAll
  static void start() throws Exception {
    azure = OperatorCloud.start(folder);
    site = azure.site();
    cloud = azure.cloud();
  }

  @AfterAll
  static void stop() throws Exception {
    azure.close();
  }

  @AfterEach
  void noMoreFaults() {
    azure.restore();
  }

  @Test
  void size_isAsLargeAsTheMachine_orThatIsSaid() {
    site.azure().limits().set(Limits.CORES, 200);
    assertThat(azure.worst(azure.sized(64, 512), 33)).isEqualTo("none");
    assertThat(azure.worst(azure.sized(64, 512), 34))
        .startsWith("Bad TooManyDisks")
        .contains("larger vmSize");
    assertThat(azure.worst(azure.sized(80, 512), 2))
        .startsWith("Bad SizeTooSmall")
        .contains("Standard_E64s_v5", "80 cores, 524288 MiB", "set vmSize");
    assertThat(azure.worst(azure.sized(64, 600), 2)).startsWith("Bad SizeTooSmall");
    assertThat(azure.worst(azure.sized(80, 600, "Standard_D2s_v5"), 2))
        .as("the user's own")
        .isEqualTo("none");
    assertThat(azure.worst(azure.sized(8, 60), 2))
        .startsWith("Bad SizeNotOffered")
        .contains("does not offer Standard_E8s_v5: set another vmSize");
    assertThat(azure.worst(azure.sized(0, 0), 2))
        .startsWith("Unknown SizeUnknown")
        .contains("set vmSize, or the VM comes up as Standard_D2s_v5");
    assertThat(azure.worst(azure.sized(0, 0, "Standard_D2s_v5"), 2)).isEqualTo("none");
    site.azure().limits().set(Limits.CORES, 20);
  }

  @Test
  void readiness_isLookedAt_beforeAnybodyNeedsIt() throws Exception {
    Replica replica = azure.replica("ready", Optional.of("10.1.2.90"));
    site.wipe();
    assertThat(azure.worst(replica, 2)).startsWith("Unknown GroupMissing").contains("make it");
    site.group();
    assertThat(azure.worst(replica, 2)).isEqualTo("none");
    assertThat(cloud.check(replica, 2, Optional.empty()).good())
        .isEqualTo("subscription, rights, network, network rights, address, VM size, quota");
    assertThat(cloud.check(replica, 2, Optional.of(site.subnet("servers"))).good())
        .contains("network rights, test network, test network rights, address");
    assertThat(cloud.check(replica, 2, Optional.of(site.subnet("drill"))).worst().orElseThrow())
        .matches(c -> c.subject().equals("test network") && c.message().contains("subnet drill"));

    site.azure().limits().set(Limits.CORES, 1);
    assertThat(azure.worst(replica, 2)).startsWith("Bad QuotaTooSmall").contains("cores", "raised");
    site.azure().limits().set(Limits.CORES, 20);
    site.azure().rights().take("Microsoft.Compute/disks/beginGetAccess/action");
    assertThat(azure.worst(replica, 2))
        .startsWith("Bad RightsMissing")
        .contains("lacks Microsoft.Compute/disks/beginGetAccess/action in resource group");
    site.azure().rights().take("Microsoft.Network/virtualNetworks/subnets/join/action");
    assertThat(azure.worst(replica, 2))
        .startsWith("Bad RightsMissing")
        .contains("lacks Microsoft.Network/virtualNetworks/subnets/join/action");
    site.azure().rights().take("Microsoft.Compute/locations/usages/read");
    assertThat(azure.worst(replica, 2)).startsWith("Bad PermissionMissing").contains("grant it");
    site.azure().rights().take();
    Replica nowhere = azure.replica("n", "r", site.subnet("nowhere"), Optional.empty(), false);
    assertThat(azure.worst(nowhere, 2)).startsWith("Bad NetworkMissing").contains("nowhere");
    Replica other = azure.replica("other", Optional.of("10.1.2.90"));
    cloud.createNic(other);
    var _ = azure.until(cloud, other, v -> v.nic().state() == State.Ready);
    assertThat(azure.worst(replica, 2)).startsWith("Bad AddressTaken").contains("10.1.2.90");
    assertThat(azure.worst(other, 2)).as("its own").isEqualTo("none");
    site.azure().faults().order("Subscriptions_Get", 1, new Fault.Throttle(1));
    assertThat(
            azure
                .freshClouds()
                .open(site.policy())
                .check(replica, 2, Optional.empty())
                .worst()
                .orElseThrow()
                .reason())
        .isEqualTo("Throttled");
    assertThat(site.left()).as("nothing is made").containsExactly("other-nic");
  }
}
