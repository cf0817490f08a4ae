package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.Replica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Azure may answer instead: each has its reason and what to do. */
class AzureTroubleIT {
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

  /** Azure's pause is kept, by answering at once: nobody sleeps, and nobody asks. */
  @Test
  void throttled_leavesAzureAloneForAsLongAsItSays() throws Exception {
    Replica replica = azure.replica("busy", Optional.empty());
    Cloud fresh = azure.freshClouds().open(site.policy());
    site.azure().faults().order("Disks_Get", 1, new Fault.Throttle(6));
    long began = System.nanoTime();
    OperatorCloud.refused(
        Reason.Throttled, "later", () -> fresh.look(replica, OperatorCloud.DISKS));
    int calls = site.azure().faults().seen().size();
    OperatorCloud.refused(
        Reason.Throttled, "later", () -> fresh.createDisk(replica, 1, OperatorCloud.BYTES));
    assertThat(site.azure().faults().seen()).hasSize(calls);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
    await()
        .atMost(OperatorCloud.SOON)
        .ignoreExceptionsInstanceOf(CloudException.class)
        .until(() -> fresh.look(replica, OperatorCloud.DISKS).isEmpty());
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void credential_isRefused_missing_andRenewed() throws Exception {
    Replica replica = azure.replica("login", Optional.empty());
    site.credential("not the secret");
    Cloud wrong = azure.clouds().open(site.policy());
    OperatorCloud.refused(
        Reason.CredentialRefused,
        "credentialSecretRef",
        () -> wrong.look(replica, OperatorCloud.DISKS));
    site.secrets().remove("azure-access");
    OperatorCloud.refused(
        Reason.CredentialRefused, "Secret azure-access", () -> azure.clouds().open(site.policy()));
    site.credential(site.azure().account().secret());
    assertThat(azure.clouds().open(site.policy()).look(replica, OperatorCloud.DISKS).isEmpty())
        .isTrue();
  }

  @Test
  void otherSubscription_isTrouble_notAbsence() throws Exception {
    TargetSpec target = site.policy().getSpec().target();
    ReplicationPolicy policy =
        site.policy(
            new TargetSpec(
                UUID.randomUUID().toString(),
                target.resourceGroup(),
                target.region(),
                target.subnetId(),
                target.testSubnetId(),
                null,
                null,
                target.credentialSecretRef()));
    Cloud other = azure.clouds().open(policy);
    OperatorCloud.refused(
        Reason.NotFound,
        "SubscriptionNotFound",
        () -> other.look(azure.replica("none", Optional.empty()), OperatorCloud.DISKS));
  }

  @ParameterizedTest
  @CsvSource({
    "403,AuthorizationFailed,does not have authorization,PermissionMissing,grant it",
    "409,AnotherOperationInProgress,wait,Busy,by itself",
    "409,SkuNotAvailable,not available in location,NoCapacity,choose another",
    "409,OperationNotAllowed,exceeding approved Total Regional Cores quota,QuotaExceeded,raised",
    "500,InternalServerError,an error,Unreachable,by itself",
    "503,ServiceUnavailable,come back,Unreachable,by itself",
    "400,InvalidParameter,a bad value,Refused,a bad value"
  })
  void refusals_haveReasonAndRemedy(
      int status, String code, String text, Reason reason, String remedy) {
    site.azure().faults().order("Disks_Get", 2, new Fault.Refuse(status, code, text));
    OperatorCloud.refused(
        reason,
        remedy,
        () -> cloud.look(azure.replica("no", Optional.empty()), OperatorCloud.DISKS));
  }

  @Test
  void brokenConnection_isTriedAgain_thenSaid() throws Exception {
    Replica replica = azure.replica("cut", Optional.empty());
    site.azure().faults().order("Disks_Get", 1, new Fault.CutBefore());
    assertThat(cloud.look(replica, OperatorCloud.DISKS).isEmpty()).isTrue();
    site.azure().faults().order("Disks_Get", 20, new Fault.CutBefore());
    OperatorCloud.refused(
        Reason.Unreachable, "no answer", () -> cloud.look(replica, OperatorCloud.DISKS));
  }
}
