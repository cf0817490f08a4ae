package dev.lifeboat.vault.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.vault.VaultCommand;
import dev.lifeboat.vault.azurite.Azurite;
import dev.lifeboat.vault.azurite.FaultyProxy;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.head.Ownership;
import dev.lifeboat.vault.head.Takeover;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.Tip;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program against a real blob service: what a user types, what they see. */
class VaultCommandIT {

  private static final int SIZE = (3 << 20) + 512 * 7;
  private static final String NEEDLE = "LIFEBOAT-PLAINTEXT-NEEDLE";
  private static final Instant TIME = Instant.parse("2026-05-01T10:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path shared;
  private static Azurite azurite;

  @TempDir private Path folder;
  private Path config;
  private UUID machine;
  private SegmentLog log;
  private String container;
  private final byte[] image = new byte[SIZE];

  private record Run(int code, String out, String err) {
    JsonNode json() throws Exception {
      return JSON.readTree(out);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    azurite = Azurite.start(shared);
  }

  @AfterAll
  static void stop() {
    azurite.close();
  }

  /** A vault made by `init`, with a log of three segments that a process server's rights wrote. */
  @BeforeEach
  void fill() throws Exception {
    container = "log" + System.nanoTime();
    config = folder.resolve("vault.yaml");
    Files.writeString(
        config,
        """
        azure:
          endpoint: %s
          caFile: %s
          logContainer: %s
          headContainer: head%s
          credential: {kind: token, file: %s}
        recoveryKeyFile: %s
        hydrate: {threads: 3}
        """
            .formatted(
                azurite.endpoint(),
                azurite.caFile(),
                container,
                container,
                azurite.tokenFile(),
                folder.resolve("recovery.key")));
    Run init = run("init", "--yes", "--json");
    assertThat(init.code).describedAs(init.err).isZero();
    machine = UUID.fromString(init.json().path("machine").asText());
    Files.writeString(config, Files.readString(config) + "machine: " + machine + "\n");
    RecoveryKey recoveryKey = RecoveryKey.read(folder.resolve("recovery.key"));
    AzureBlobs blobs = new AzureBlobs(azurite.blobEndpoint());
    Path sas = azurite.sasFile(container, "crl", Instant.now().plusSeconds(3600));
    BlobStore store = blobs.container(container, new BlobCredential.SasFile(sas));
    BlobStore heads =
        blobs.container("head" + container, new BlobCredential.TokenFile(azurite.tokenFile()));
    log = new SegmentLog(store, machine);
    DataKey key = new DataKeys(store).load(machine, recoveryKey);
    Ownership owned = new Takeover(new Heads(heads)).take(log, UUID.randomUUID(), key);
    write(key, owned);
  }

  private void write(DataKey key, Ownership owned) throws Exception {
    LogWriter writer = new LogWriter(log, key, owned.next(), Tip.beginning(UUID.randomUUID()));
    writer.state(LogWriter.disk(0, SIZE), LogWriter.disk(1, 1 << 20));
    Random random = new Random(1);
    for (int i = 1; i <= 3; i++) {
      for (int j = 0; j < 40; j++) {
        byte[] content = new byte[512 * (1 + random.nextInt(128))];
        random.nextBytes(content);
        System.arraycopy(NEEDLE.getBytes(UTF_8), 0, content, 0, NEEDLE.length());
        int offset = random.nextInt((SIZE - content.length) / 512) * 512;
        writer.write(0, offset, content);
        System.arraycopy(content, 0, image, offset, content.length);
      }
      writer.write(1, 0, Arrays.copyOf(new byte[] {(byte) i}, 512));
      writer.mark(TIME.plusSeconds(i), 0, 1);
      writer.cut();
    }
  }

  private Run run(String command, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    String[] all = new String[arguments.length + 3];
    all[0] = command;
    all[1] = "--config";
    all[2] = config.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    try {
      System.setOut(new PrintStream(out, true, UTF_8));
      System.setErr(new PrintStream(err, true, UTF_8));
      return new Run(VaultCommand.execute(all), out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
    }
  }

  private String segment(int number) {
    return new SegmentId(machine, 1, number).blobName();
  }

  private com.azure.storage.blob.BlobClient blob(String name) {
    return azurite.owner().getBlobContainerClient(container).getBlobClient(name);
  }

  private static String exec(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).describedAs(output).isZero();
    return output;
  }

  @Test
  void initKeepsTheKeyToItsOwnerAndCanBeRepeated() throws Exception {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("recovery.key"))))
        .isEqualTo("rw-------");
    Run again = run("init", "--json");
    assertThat(again.code).isZero();
    assertThat(again.json().path("machine").asText()).isEqualTo(machine.toString());
    assertThat(again.json().path("created").asBoolean()).isFalse();
    String key = Files.readString(folder.resolve("recovery.key")).strip();
    assertThat(again.out + again.err).doesNotContain(key);
  }

  @Test
  void bringsSeveralDisksBack_fromOneLookThroughTheLog() throws Exception {
    JsonNode list = run("points", "--json").json().path("points");
    String first = list.get(0).path("id").asText();
    Path[] to = {folder.resolve("a.img"), folder.resolve("b.img"), folder.resolve("c.img")};
    String[] three = {
      "--point", first, "--disk", "1", "--to", to[0].toString(),
      "--point", "latest", "--disk", "0", "--to", to[1].toString(),
      "--point", "latest", "--disk", "1", "--to", to[2].toString()
    };
    Run run = run("hydrate", three);
    assertThat(run.code).describedAs(run.err).isZero();
    assertThat(run.out.lines()).hasSize(3);
    assertThat(Files.readAllBytes(to[0])[0]).isEqualTo((byte) 1);
    assertThat(Files.readAllBytes(to[1])).isEqualTo(image);
    assertThat(Files.readAllBytes(to[2])[0]).isEqualTo((byte) 3);
    assertThat(run("hydrate", "--disk", "0", "--to", folder.resolve("d.img").toString()).err)
        .contains("--point");
  }

  @Test
  void listsPointsAndHydratesThemByNameTimeAndId() throws Exception {
    Run points = run("points", "--json");
    assertThat(points.code).isZero();
    JsonNode list = points.json().path("points");
    assertThat(list).hasSize(3);
    assertThat(list.get(0).path("disks").get(0).path("size").asLong()).isEqualTo(SIZE);
    assertThat(run("points").out).contains("3 points");
    Path file = folder.resolve("disk.img");
    assertThat(run("hydrate", "--point", "latest", "--disk", "0", "--to", file.toString()).code)
        .isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(image);
    for (int i = 0; i < 3; i++) {
      for (String point :
          List.of(list.get(i).path("id").asText(), TIME.plusMillis(1000 * i + 1500).toString())) {
        Path one = folder.resolve("one.img");
        Run run =
            run("hydrate", "--point", point, "--disk", "1", "--to", one.toString(), "--force");
        assertThat(run.code).describedAs(run.err).isZero();
        assertThat(Files.readAllBytes(one)[0]).isEqualTo((byte) (i + 1));
        assertThat(Files.size(one)).isEqualTo(1 << 20);
      }
    }
    assertThat(run("hydrate", "--point", "latest", "--disk", "0", "--to", file.toString()).err)
        .contains("exists; name another file");
    assertThat(
            run(
                    "hydrate",
                    "--point",
                    "latest",
                    "--disk",
                    "7",
                    "--to",
                    folder.resolve("x").toString())
                .err)
        .contains("does not hold for disk 7");
  }

  @Test
  void writesAVhdThatQemuReads_andTheSameAsAPageBlob() throws Exception {
    Path vhd = folder.resolve("disk.vhd");
    Run run = run("hydrate", "--point", "latest", "--disk", "0", "--to", "vhd:" + vhd);
    assertThat(run.code).describedAs(run.err).isZero();
    assertThat(Files.size(vhd)).isEqualTo((4 << 20) + 512);
    JsonNode info =
        JSON.readTree(exec("qemu-img", "info", "-f", "vpc", "--output=json", vhd.toString()));
    assertThat(info.path("virtual-size").asLong()).isEqualTo(4 << 20);
    Path raw = folder.resolve("raw.img");
    exec("qemu-img", "convert", "-f", "vpc", "-O", "raw", vhd.toString(), raw.toString());
    assertThat(Files.readAllBytes(raw)).isEqualTo(Arrays.copyOf(image, 4 << 20));

    String pages = "disks" + container;
    azurite.owner().createBlobContainer(pages);
    String sas = Files.readString(azurite.sasFile(pages, "rcw", Instant.now().plusSeconds(600)));
    Path url = folder.resolve("url");
    Files.writeString(url, azurite.endpoint() + "/" + pages + "/disk.vhd?" + sas);
    run =
        run(
            "hydrate",
            "--point",
            "latest",
            "--disk",
            "0",
            "--to",
            "blob:@" + url,
            "--scratch",
            folder.toString());
    assertThat(run.code).describedAs(run.err).isZero();
    assertThat(run.out + run.err).doesNotContain("sig=");
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    azurite.owner().getBlobContainerClient(pages).getBlobClient("disk.vhd").downloadStream(back);
    assertThat(back.toByteArray()).isEqualTo(Files.readAllBytes(vhd));
    assertThat(Files.exists(folder.resolve("disk-0.vhd.partial"))).isFalse();
  }

  @Test
  void verifyNamesWhatIsMissingAlteredOrTruncated_andThePointsItCosts() throws Exception {
    assertThat(run("verify").code).isZero();
    byte[] whole = blob(segment(2)).downloadContent().toBytes();
    for (String damage : List.of("altered", "truncated", "missing")) {
      blob(segment(2)).deleteIfExists();
      if (!damage.equals("missing")) {
        byte[] bytes =
            damage.equals("truncated") ? Arrays.copyOf(whole, whole.length - 100) : whole.clone();
        if (damage.equals("altered")) {
          bytes[400] ^= 1;
        }
        blob(segment(2)).upload(com.azure.core.util.BinaryData.fromBytes(bytes));
      }
      Run verify = run("verify", "--json");
      assertThat(verify.code).isEqualTo(1);
      JsonNode json = verify.json();
      assertThat(json.path("findings").get(0).path("blob").asText()).isEqualTo(segment(2));
      assertThat(json.path("findings").get(0).path("what").asText()).contains(damage);
      assertThat(json.path("points")).hasSize(1);
      assertThat(json.path("lost")).hasSize(damage.equals("altered") ? 2 : 1);
      assertThat(json.path("lost").get(0).path("blob").asText()).isEqualTo(segment(2));
      assertThat(run("verify").out).contains("DAMAGE " + segment(2)).contains("LOST");
    }
    assertThat(run("points").code).isEqualTo(1);
    Path file = folder.resolve("first.img");
    assertThat(run("hydrate", "--point", "latest", "--disk", "1", "--to", file.toString()).code)
        .isZero();
    assertThat(Files.readAllBytes(file)[0]).isEqualTo((byte) 1);
  }

  @Test
  void isGoneOnWith_afterKillMinus9() throws Exception {
    Path file = folder.resolve("killed.img");
    String[] hydrate = {"--point", "latest", "--disk", "0", "--to", file.toString()};
    Path original = folder.resolve("original.yaml");
    Files.copy(config, original);
    try (FaultyProxy proxy = new FaultyProxy(azurite)) {
      Path sas = azurite.sasFile(container, "rl", Instant.now().plusSeconds(600));
      Files.writeString(
          config,
          Files.readString(config)
              .replace(azurite.endpoint().toString(), proxy.endpoint().toString())
              .replaceAll("credential: .*", "credential: {kind: sas, file: " + sas + "}"));
      CountDownLatch stuck = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      proxy.plan((_, _) -> {
        if (Files.exists(file)) {
          stuck.countDown();
          release.await();
        }
        return FaultyProxy.Fault.NONE;
      });
      Process process = program(hydrate);
      assertThat(stuck.await(60, TimeUnit.SECONDS)).isTrue();
      process.destroyForcibly().waitFor();
      release.countDown();
    }
    Files.copy(original, config, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Files.readAllBytes(file)).isNotEqualTo(image);
    assertThat(run("hydrate", hydrate).err).contains("--resume");
    String[] resumed = Arrays.copyOf(hydrate, hydrate.length + 1);
    resumed[hydrate.length] = "--resume";
    Run run = run("hydrate", resumed);
    assertThat(run.code).describedAs(run.err).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(image);
  }

  private Process program(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                VaultCommand.class.getName(),
                "hydrate",
                "--config",
                config.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("program.log").toFile())
        .start();
  }

  @Test
  void keepsContentFromWhoHasNoKey() throws Exception {
    for (var item : azurite.owner().getBlobContainerClient(container).listBlobs()) {
      String bytes =
          new String(
              blob(item.getName()).downloadContent().toBytes(),
              java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(bytes).doesNotContain(NEEDLE);
    }
    Files.delete(folder.resolve("recovery.key"));
    RecoveryKey.generate().write(folder.resolve("recovery.key"));
    Run points = run("points");
    assertThat(points.code).isEqualTo(1);
    assertThat(points.err).contains("wrong recovery key");
  }

  @Test
  void saysWhatIsWrongWithConfigurationAndUsage() throws Exception {
    Files.writeString(
        config,
        "azure: {endpoint: nowhere, credential: {kind: guess}}\nmachin: x\nhydrate: {threads: 99}\n");
    Run run = run("points");
    assertThat(run.code).isEqualTo(2);
    assertThat(run.err)
        .contains("azure.endpoint must be")
        .contains("azure.credential.kind must be sas")
        .contains("machin is not known")
        .contains("recoveryKeyFile is missing")
        .contains("hydrate.threads must be between 1 and 64");
    assertThat(run("points", "--what").code).isEqualTo(2);
    assertThat(VaultCommand.execute()).isEqualTo(2);
    assertThat(VaultCommand.execute("--help")).isZero();
    Files.delete(config);
    assertThat(run("points").err)
        .contains("does not exist; name the configuration file by --config");
  }
}
