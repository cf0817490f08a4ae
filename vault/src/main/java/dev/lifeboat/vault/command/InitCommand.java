package dev.lifeboat.vault.command;

import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobException;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.head.Head;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.KeyException;
import dev.lifeboat.vault.key.RecoveryKey;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes what a machine needs in the vault. May be repeated: what is there stays as it is. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes containers, head and data key for a machine, and prints its uid.",
      "The recovery-key file is used if it exists, else made and shown once."
    })
public final class InitCommand implements Callable<Integer> {

  @Mixin private Common common = new Common();

  @Option(names = "--yes", description = "do not ask to type the recovery key back")
  private boolean yes;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    VaultConfig settings = common.config();
    boolean given = Files.exists(settings.recoveryKeyFile());
    if (!given && !yes && !atTerminal()) {
      throw new ConfigException(
          List.of(
              "a new recovery key must be proved back at a terminal; run this at one, name an"
                  + " existing key in recoveryKeyFile, or say --yes"));
    }
    RecoveryKey recoveryKey =
        given ? RecoveryKey.read(settings.recoveryKeyFile()) : fresh(settings);
    UUID machine = common.machineOf(settings).orElseGet(UUID::randomUUID);
    AzureBlobs blobs = Common.blobs(settings);
    container(blobs, settings.azure().logContainer(), settings.azure().logCredential());
    container(blobs, settings.azure().headContainer(), settings.azure().headCredential());
    BlobStore log =
        blobs.container(settings.azure().logContainer(), settings.azure().logCredential());
    DataKeys keys = new DataKeys(log);
    boolean newKey = keys.create(machine, recoveryKey).isPresent();
    keys.load(machine, recoveryKey);
    BlobStore heads =
        blobs.container(settings.azure().headContainer(), settings.azure().headCredential());
    boolean newHead = new Heads(heads).create(machine, Head.fresh());
    print(machine, recoveryKey, newKey && newHead, settings);
    return 0;
  }

  private static boolean atTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  private RecoveryKey fresh(VaultConfig settings) throws IOException {
    RecoveryKey key = RecoveryKey.generate();
    key.write(settings.recoveryKeyFile());
    if (!common.json()) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          "The recovery key, shown this once. Keep it where a disaster here cannot reach it:");
      out.println();
      out.println("  " + key.text());
      out.println();
      out.flush();
    }
    if (!yes) {
      prove(key, settings);
    }
    return key;
  }

  private static void prove(RecoveryKey key, VaultConfig settings) throws IOException {
    Console console = System.console();
    for (int i = 0; i < 3; i++) {
      char[] typed = console.readPassword("Type it back from where you kept it: ");
      if (typed == null) {
        break;
      }
      try {
        if (RecoveryKey.parse(new String(typed)).matches(key)) {
          return;
        }
        console.printf("That is another key.%n");
      } catch (KeyException e) {
        console.printf("%s%n", e.getMessage());
      }
    }
    Files.deleteIfExists(settings.recoveryKeyFile());
    throw new KeyException("the recovery key was not proved back; nothing was made");
  }

  /** Who may use a container need not be allowed to make it. */
  private static void container(AzureBlobs blobs, String name, BlobCredential credential)
      throws IOException {
    try {
      blobs.plainContainer(name, credential).createContainer();
    } catch (BlobException e) {
      if (e.reason() != BlobException.Reason.CREDENTIAL) {
        throw e;
      }
    }
  }

  private void print(UUID machine, RecoveryKey key, boolean created, VaultConfig settings)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      out.println(
          Common.text(
              Common.JSON
                  .createObjectNode()
                  .put("machine", machine.toString())
                  .put("created", created)
                  .put("recoveryKeyId", key.id())
                  .put("recoveryKeyFile", settings.recoveryKeyFile().toString())));
    } else {
      out.println("machine: " + machine);
      out.println((created ? "made" : "there already") + ", opened by recovery key " + key.id());
    }
    out.flush();
  }
}
