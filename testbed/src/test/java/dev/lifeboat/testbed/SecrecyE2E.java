package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What stands on a protected disk is nowhere to be read but on disks. */
class SecrecyE2E {

  private static final String NEEDLE = "needle-7d1f-of-the-protected-disk";

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void nothingOfTheDiskIsReadableInCacheWireVaultOrLogs() throws Exception {
    try (Disks disks = new Disks(folder, 48);
        Site site = new Site(folder)) {
      ProcessServer server = site.server("server").start();
      Path wire = folder.resolve("wire");
      Link link = site.link(server, 1);
      link.record(wire);
      AgentProgram agent =
          site.agent(
                  "agent",
                  AgentProgram.Settings.of(disks.list(), link.port()).with("codec: none\n"))
              .start();
      agent.untilConsistent();
      Files.writeString(disks.a().resolve("plain"), (NEEDLE + "\n").repeat(2000));
      Command.run("sync");
      agent.mark("needles");

      assertThat(Files.size(wire)).as("the wire was watched").isGreaterThan(50_000);
      List<Path> rest;
      try (Stream<Path> files = Files.walk(folder)) {
        rest =
            files
                .filter(Files::isRegularFile)
                .filter(file -> !file.startsWith(disks.a()) && !file.startsWith(disks.b()))
                .filter(file -> !file.toString().endsWith(".img"))
                .toList();
      }
      assertThat(rest)
          .anyMatch(file -> file.toString().endsWith(".cache") || file.startsWith(server.cache()));
      assertThat(rest).anyMatch(file -> file.toString().endsWith(".log"));
      for (Path file : rest) {
        assertThat(contains(Files.readAllBytes(file))).as(file.toString()).isFalse();
      }
      assertThat(blobsWithNeedle(site)).isEmpty();
      Path back = Disks.hydrate(site, "latest", folder.resolve("back"));
      assertThat(contains(Files.readAllBytes(back.resolve("disk-1"))))
          .as("the needle is found where it belongs")
          .isTrue();
    }
  }

  private static List<String> blobsWithNeedle(Site site) {
    BlobContainerClient log = site.azurite().owner().getBlobContainerClient("lifeboat-log");
    List<String> names = log.listBlobs().stream().map(BlobItem::getName).toList();
    assertThat(names).anyMatch(name -> name.contains("/segment/"));
    return names.stream()
        .filter(name -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          log.getBlobClient(name).downloadStream(bytes);
          return contains(bytes.toByteArray());
        })
        .toList();
  }

  private static boolean contains(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).contains(NEEDLE);
  }

  @Test
  void secretsAppearInNoLog() throws Exception {
    try (Disks disks = new Disks(folder, 48);
        Site site = new Site(folder)) {
      ProcessServer server = site.server("server").start();
      AgentProgram agent =
          site.agent("agent", AgentProgram.Settings.of(disks.list(), server.port())).start();
      agent.untilConsistent();
      agent.mark("any");
      agent.program().end();
      server.program().end();
      String said =
          agent.program().output()
              + server.program().output()
              + agent.command("status", "--json").output()
              + site.vault("points").output();
      for (String secret : secrets(site)) {
        assertThat(said).doesNotContain(secret);
      }
    }
  }

  private List<String> secrets(Site site) throws IOException {
    return List.of(
        Files.readString(site.azurite().sharedKeyFile()).strip(),
        Files.readString(folder.resolve("recovery.key")).strip(),
        "PRIVATE KEY",
        "sig=");
  }
}
