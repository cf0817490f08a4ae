package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.exception.ManagementException;
import com.azure.resourcemanager.compute.models.DiskState;
import dev.lifeboat.testbed.azure.Faults.Seen;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trouble on demand, and what the official SDK makes of it. */
class FaultsIT {
  @TempDir private static Path folder;
  private static AzureSite site;
  private static Sdk sdk;
  private static Vhd vhd;

  @BeforeAll
  static void start() throws IOException {
    site = AzureSite.start(folder, AzureSettings.loopback());
    sdk = new Sdk(site);
    vhd = Vhd.random(folder, "disk", 24);
    var _ = sdk.makeNetwork();
  }

  @AfterAll
  static void stop() throws IOException {
    site.close();
  }

  @AfterEach
  void clear() {
    site.faults().clear();
  }

  private static List<Seen> seen(String call) {
    return site.faults().seen().stream().filter(s -> s.call().equals(call)).toList();
  }

  @Test
  void retryAfter_isHonoured() {
    site.faults().order("ResourceGroups_Get", 2, new Fault.Throttle(2));
    sdk.resources().resourceGroups().getByName("dr");
    List<Seen> calls = seen("ResourceGroups_Get");
    assertThat(calls.stream().map(Seen::status)).endsWith(429, 429, 200);
    List<Seen> last = calls.subList(calls.size() - 3, calls.size());
    for (int i = 1; i < last.size(); i++) {
      assertThat(Duration.between(last.get(i - 1).at(), last.get(i).at()))
          .isGreaterThanOrEqualTo(Duration.ofMillis(1900));
    }
  }

  @Test
  void operationThatFails_isTold_andTheSameOrderWorksAfter() throws Exception {
    sdk.upload("late", vhd);
    sdk.createNic("late-nic", "10.1.2.50");
    site.faults()
        .order(
            "VirtualMachines_CreateOrUpdate",
            1,
            new Fault.FailOperation("AllocationFailed", "Allocation failed."));
    assertThatThrownBy(() -> sdk.createMachine("late", "late", "late-nic"))
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> assertThat(e.getValue().getCode()).isEqualTo("AllocationFailed"));
    assertThat(sdk.compute().virtualMachines().getByResourceGroup("dr", "late").provisioningState())
        .isEqualTo("Failed");
    assertThat(sdk.createMachine("late", "late", "late-nic").provisioningState())
        .isEqualTo("Succeeded");
    sdk.compute().virtualMachines().deleteByResourceGroup("dr", "late");
    assertThat(sdk.state("late")).isEqualTo(DiskState.UNATTACHED);
  }

  @Test
  void lostAnswer_isAskedForAgain() {
    site.faults().order("Disks_CreateOrUpdate", 1, new Fault.CutAfter());
    sdk.createDisk("lost", (24L << 20) + 512);
    assertThat(sdk.state("lost")).isEqualTo(DiskState.READY_TO_UPLOAD);
    assertThat(seen("Disks_CreateOrUpdate").stream().map(Seen::status)).contains(0);
  }

  @Test
  void refusal_isToldOnce() {
    site.faults()
        .order(
            "Disks_Get",
            1,
            new Fault.Refuse(
                403, "AuthorizationFailed", "The client does not have authorization."));
    assertThatThrownBy(() -> sdk.state("none"))
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> assertThat(e.getValue().getCode()).isEqualTo("AuthorizationFailed"));
  }

  @Test
  void uploadThatIsCut_goesOn() throws Exception {
    site.faults().order(DiskGate.UPLOAD, 1, new Fault.CutBefore());
    site.faults().order(DiskGate.UPLOAD, 1, new Fault.CutAfter());
    sdk.upload("cut", vhd);
    assertThat(sdk.state("cut")).isEqualTo(DiskState.UNATTACHED);
    assertThat(seen(DiskGate.UPLOAD).stream().filter(s -> s.status() == 0)).hasSize(2);
  }
}
