package dev.lifeboat.testbed.azure;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.run.TestbedPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** {@code testbed/run up azure}: storage, the Resource Manager, and machines that boot. */
public final class AzurePart implements TestbedPart {

  /** Found by the service loader. */
  public AzurePart() {
    // Nothing to prepare.
  }

  @Override
  public String name() {
    return "azure";
  }

  @Override
  public int order() {
    return 10;
  }

  @Override
  public Running start(TestNetwork network, Path folder) throws IOException {
    QemuMachines machines =
        new QemuMachines(network, Files.createDirectory(folder.resolve("networks")));
    AzureSite site =
        AzureSite.start(
            folder, AzureSettings.loopback().at(network.azureAddress()).booting(machines));
    try {
      Path environment = folder.resolve("environment");
      Files.createFile(
          environment,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(environment, environment(site));
      return new Up(site, network.azureAddress().getHostAddress(), environment);
    } catch (IOException e) {
      site.close();
      throw e;
    }
  }

  private static String environment(AzureSite site) {
    return """
    export AZURE_AUTHORITY_HOST=%s
    export AZURE_TENANT_ID=%s
    export AZURE_CLIENT_ID=%s
    export AZURE_CLIENT_SECRET=%s
    export AZURE_SUBSCRIPTION_ID=%s
    export AZURE_RESOURCE_MANAGER=%s
    export AZURE_STORAGE_ACCOUNT=%s
    export AZURE_STORAGE_KEY=%s
    export AZURE_CA_FILE=%s
    """
        .formatted(
            site.login(),
            site.account().tenant(),
            site.account().client(),
            site.account().secret(),
            site.account().subscription(),
            site.management(),
            AzureSite.VAULT_ACCOUNT,
            site.vaultKey(),
            site.caFile());
  }

  private record Up(AzureSite site, String address, Path environment) implements Running {
    @Override
    public List<String> whatToTypeNext() {
      String resolve = " --resolve '*:443:" + address + "'";
      return List.of(
          "source " + environment + "   # accounts, addresses and the authority of Azure",
          "token=$(curl -s --cacert $AZURE_CA_FILE"
              + resolve
              + " $AZURE_AUTHORITY_HOST/$AZURE_TENANT_ID/oauth2/v2.0/token -d"
              + " grant_type=client_credentials -d client_id=$AZURE_CLIENT_ID -d"
              + " client_secret=$AZURE_CLIENT_SECRET -d scope=$AZURE_RESOURCE_MANAGER/.default"
              + " | sed 's/.*access_token\":\"//; s/\".*//')",
          "curl -s --cacert $AZURE_CA_FILE"
              + resolve
              + " -H \"Authorization: Bearer $token\""
              + " \"$AZURE_RESOURCE_MANAGER/testbed/calls\"   # what was asked of Azure");
    }

    @Override
    public void close() throws IOException {
      site.close();
    }
  }
}
