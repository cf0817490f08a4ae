package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.Context;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import com.azure.resourcemanager.compute.models.DiskState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Azure refuses is refused, with its codes, as the official SDK tells them. */
class RefusalsIT {
  private static final long BYTES = (24L << 20) + 512;

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
  void asBefore() {
    site.faults().clear();
    site.limits().set(Limits.CORES, 20);
  }

  private static void assertRefused(int status, String code, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> {
              assertThat(e.getValue().getCode()).isEqualTo(code);
              assertThat(e.getValue().getMessage()).contains(words);
              assertThat(e.getResponse().getStatusCode()).isEqualTo(status);
            });
  }

  @Test
  void diskOfNoVhdSize_isRefused() {
    assertRefused(
        400, "InvalidParameter", "uploadSizeBytes", () -> sdk.createDisk("odd", BYTES - 512));
    assertRefused(
        400, "InvalidParameter", "out of range", () -> sdk.createDisk("small", (16 << 20) + 512));
    assertRefused(
        400,
        "InvalidParameter",
        "uploadSizeBytes",
        () ->
            sdk.compute()
                .serviceClient()
                .getDisks()
                .createOrUpdate(
                    "dr",
                    "unsized",
                    new DiskInner()
                        .withLocation("westeurope")
                        .withCreationData(
                            new CreationData().withCreateOption(DiskCreateOption.UPLOAD))));
    assertRefused(404, "ResourceNotFound", "odd", () -> sdk.state("odd"));
  }

  @Test
  void diskWithoutLocationOrGroup_isRefused() {
    CreationData upload =
        new CreationData().withCreateOption(DiskCreateOption.UPLOAD).withUploadSizeBytes(BYTES);
    var disks = sdk.compute().serviceClient().getDisks();
    assertRefused(
        400,
        "LocationNotAvailableForResourceType",
        "atlantis",
        () ->
            disks.createOrUpdate(
                "dr", "lost", new DiskInner().withLocation("atlantis").withCreationData(upload)));
    assertRefused(
        404,
        "ResourceGroupNotFound",
        "nowhere",
        () ->
            disks.createOrUpdate(
                "nowhere",
                "lost",
                new DiskInner().withLocation("westeurope").withCreationData(upload)));
  }

  @Test
  void sameDiskAgain_isTheSame_anotherSizeIsRefused() {
    sdk.createDisk("twice", BYTES);
    sdk.createDisk("twice", BYTES);
    assertThat(sdk.state("twice")).isEqualTo(DiskState.READY_TO_UPLOAD);
    assertRefused(
        409, "PropertyChangeNotAllowed", "", () -> sdk.createDisk("twice", BYTES + (1 << 20)));
  }

  @Test
  void badFooter_isRefusedWhenAccessEnds_andCanBeMended() throws Exception {
    sdk.createDisk("bad", BYTES);
    String url = sdk.grant("bad");
    assertThatThrownBy(() -> sdk.compute().disks().revokeAccess("dr", "bad"))
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> {
              assertThat(e.getValue().getCode()).isEqualTo("InvalidVhd");
              assertThat(e.getValue().getMessage()).contains("conectix");
            });
    assertThat(sdk.state("bad")).isEqualTo(DiskState.ACTIVE_UPLOAD);
    assertThat(sdk.grant("bad")).isEqualTo(url);
    vhd.upload(sdk.pageBlob(url));
    sdk.compute().disks().revokeAccess("dr", "bad");
    assertThat(sdk.state("bad")).isEqualTo(DiskState.UNATTACHED);
  }

  @Test
  void secondUpload_isRefused() throws Exception {
    sdk.upload("once", vhd);
    assertRefused(409, "OperationNotAllowed", "uploaded already", () -> sdk.grant("once"));
  }

  @Test
  void attach_beforeAccessEnded_isRefused() {
    sdk.createNic("early-nic", "10.1.2.10");
    sdk.createDisk("early", BYTES);
    assertRefused(
        409,
        "OperationNotAllowed",
        "ReadyToUpload",
        () -> sdk.createMachine("early", "early", "early-nic"));
    sdk.grant("early");
    assertRefused(
        409,
        "OperationNotAllowed",
        "Call EndGetAccess",
        () -> sdk.createMachine("early", "early", "early-nic"));
    assertRefused(
        409,
        "OperationNotAllowed",
        "Call EndGetAccess",
        () -> sdk.compute().disks().deleteByResourceGroup("dr", "early"));
  }

  @Test
  void addressThatIsTaken_orNotTheSubnets_isRefused() {
    sdk.createNic("first", "10.1.2.20");
    assertRefused(
        400,
        "PrivateIPAddressIsAllocated",
        "networkInterfaces/first",
        () -> sdk.createNic("second", "10.1.2.20"));
    assertRefused(
        400, "PrivateIPAddressNotInSubnet", "", () -> sdk.createNic("second", "10.1.3.20"));
    assertRefused(
        400, "PrivateIPAddressInReservedRange", "", () -> sdk.createNic("second", "10.1.2.3"));
    sdk.createNic("first", "10.1.2.20");
    sdk.network().networkInterfaces().deleteByResourceGroup("dr", "first");
    sdk.createNic("second", "10.1.2.20");
  }

  @Test
  void quotaExceeded_isRefused_andNothingIsMade() throws Exception {
    sdk.upload("quota", vhd);
    sdk.createNic("quota-nic", "10.1.2.30");
    site.limits().set(Limits.CORES, 0);
    assertRefused(
        409,
        "OperationNotAllowed",
        "exceeding approved Total Regional Cores quota",
        () -> sdk.createMachine("quota", "quota", "quota-nic"));
    assertThat(sdk.state("quota")).isEqualTo(DiskState.UNATTACHED);
    assertRefused(
        404,
        "ResourceNotFound",
        "quota",
        () -> sdk.compute().virtualMachines().getByResourceGroup("dr", "quota"));
    site.limits().set(Limits.CORES, 20);
    assertThat(sdk.createMachine("quota", "quota", "quota-nic").provisioningState())
        .isEqualTo("Succeeded");
  }

  @Test
  void whatAMachineHas_noOtherCanHave_norCanItBeDeleted() throws Exception {
    sdk.upload("owned", vhd);
    sdk.createNic("owned-nic", "10.1.2.40");
    sdk.createNic("other-nic", "10.1.2.41");
    sdk.createMachine("owner", "owned", "owned-nic");
    sdk.createMachine("owner", "owned", "owned-nic");
    assertRefused(
        409,
        "ConflictingUserInput",
        "already owned by VM",
        () -> sdk.createMachine("thief", "owned", "other-nic"));
    assertRefused(
        409,
        "OperationNotAllowed",
        "is attached to VM",
        () -> sdk.compute().disks().deleteByResourceGroup("dr", "owned"));
    assertRefused(
        400,
        "NicInUse",
        "owner",
        () -> sdk.network().networkInterfaces().deleteByResourceGroup("dr", "owned-nic"));
    assertRefused(
        400,
        "InUseSubnetCannotBeDeleted",
        "servers",
        () -> sdk.network().networks().deleteByResourceGroup("dr", "recovery"));
    assertRefused(
        404,
        "ResourceNotFound",
        "nothing",
        () -> sdk.createMachine("thief", "nothing", "other-nic"));
    sdk.upload("spare", vhd);
    assertRefused(
        400,
        "InvalidResourceReference",
        "no-nic",
        () -> sdk.createMachine("spare", "spare", "no-nic"));
  }

  @Test
  void unknownCall_isAnswered501_byName() {
    assertThatThrownBy(() ->
            sdk.network()
                .publicIpAddresses()
                .define("ip")
                .withRegion("westeurope")
                .withExistingResourceGroup("dr")
                .create())
        .hasMessageContaining("PUT Microsoft.Network/publicIPAddresses");
    assertThat(site.faults().seen())
        .anySatisfy(call -> {
          assertThat(call.call()).isEqualTo("PUT Microsoft.Network/publicIPAddresses");
          assertThat(call.status()).isEqualTo(501);
        });
  }

  @Test
  void callerWithoutAGoodToken_isRefused() {
    assertThat(asked(List.of())).containsExactly("401", "AuthenticationFailed");
    String storage =
        sdk.credential()
            .getTokenSync(new TokenRequestContext().addScopes("https://storage.azure.com/.default"))
            .getToken();
    assertThat(asked(List.of("Bearer " + storage)))
        .containsExactly("401", "InvalidAuthenticationTokenAudience");
    assertThat(asked(List.of("Bearer " + storage.substring(0, storage.length() - 4) + "AAAA")))
        .containsExactly("401", "InvalidAuthenticationToken");
    assertThatThrownBy(() -> sdk.compute(sdk.credential("guessed")).disks().list().stream().count())
        .hasStackTraceContaining("AADSTS7000215");
  }

  private static List<String> asked(List<String> authorization) {
    HttpRequest request =
        new HttpRequest(
            HttpMethod.GET,
            site.management()
                + "/subscriptions/"
                + site.account().subscription()
                + "/resourceGroups/dr?api-version=2025-04-01");
    authorization.forEach(value -> request.setHeader(HttpHeaderName.AUTHORIZATION, value));
    try (HttpResponse response = sdk.http().sendSync(request, Context.NONE)) {
      String code = Json.text(Json.read(response.getBodyAsBinaryData().toBytes()), "error.code");
      return List.of(Integer.toString(response.getStatusCode()), code);
    }
  }
}
