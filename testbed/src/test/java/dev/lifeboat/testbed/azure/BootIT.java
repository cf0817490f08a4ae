package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.testbed.network.TestNetwork;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A created machine boots by BIOS from the bytes that were uploaded, and from nothing else. */
class BootIT {
  private static final String HELLO = "booted from the uploaded disk";

  @Test
  void machineBoots_fromUploadedBytes_andDiesWithItsDeletion(@TempDir Path folder)
      throws Exception {
    Vhd vhd = Vhd.of(bootable(folder.resolve("boot.raw")));
    try (TestNetwork network = TestNetwork.start()) {
      QemuMachines machines =
          new QemuMachines(network, Files.createDirectory(folder.resolve("bridges")));
      AzureSettings settings = AzureSettings.loopback().booting(machines);
      try (AzureSite site = AzureSite.start(folder, settings)) {
        Sdk sdk = new Sdk(site);
        sdk.resources().resourceGroups().define("dr").withRegion("westeurope").create();
        sdk.network()
            .networks()
            .define("recovery")
            .withRegion("westeurope")
            .withExistingResourceGroup("dr")
            .withAddressSpace("10.1.0.0/16")
            .withSubnet("servers", "10.1.2.0/24")
            .create();
        sdk.upload("boot", vhd);
        Files.delete(vhd.raw());
        Files.delete(vhd.file());
        sdk.createNic("boot-nic", "10.1.2.60");
        sdk.createMachine("boot", "boot", "boot-nic");
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(sdk.console("dr", "boot")).contains(HELLO));
        assertThat(qemus(folder)).isEqualTo(1);
        sdk.compute().virtualMachines().deallocate("dr", "boot");
        assertThat(qemus(folder)).isZero();
        sdk.compute().virtualMachines().start("dr", "boot");
        assertThat(qemus(folder)).isEqualTo(1);
        sdk.compute().virtualMachines().deleteByResourceGroup("dr", "boot");
        assertThat(qemus(folder)).isZero();
        sdk.createMachine("again", "boot", "boot-nic");
        assertThat(qemus(folder)).isEqualTo(1);
      }
      assertThat(qemus(folder)).isZero();
    }
  }

  /** How many machines run from disks in this folder. */
  private static long qemus(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains("qemu-system"))
        .filter(p -> p.info().commandLine().orElse("").contains(folder + "/disks/"))
        .count();
  }

  /** A boot sector that says its line on the first serial port and halts. */
  private static Path bootable(Path file) throws Exception {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    for (byte letter : (HELLO + "\n").getBytes(StandardCharsets.US_ASCII)) {
      // mov dx, 0x3f8; mov al, LETTER; out dx, al
      code.write(new byte[] {(byte) 0xba, (byte) 0xf8, 0x03, (byte) 0xb0, letter, (byte) 0xee});
    }
    // hlt; jump back to it
    code.write(new byte[] {(byte) 0xf4, (byte) 0xeb, (byte) 0xfd});
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(24L << 20);
      disk.write(code.toByteArray());
      disk.seek(510);
      disk.write(new byte[] {0x55, (byte) 0xaa});
    }
    return file;
  }
}
