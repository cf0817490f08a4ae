package dev.lifeboat.testbed.azure;

import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Azurite as a process, started by {@code testbed/bin/azurite}, with two accounts: the user's, and
 * the cloud's own where managed disks are. Ended by {@link #close} and with this program.
 */
final class BlobService implements AutoCloseable {

  /** A storage account. */
  record Account(String name, String key, URI endpoint) {
    /** Without the key. */
    @Override
    public String toString() {
      return "Account[" + name + ", " + endpoint + "]";
    }
  }

  private static final Pattern LISTENS =
      Pattern.compile("successfully listens on https://\\S+:([0-9]+)");
  private static final long START_SECONDS = 120;

  private final Process process;
  private final Thread hook;
  private final int port;
  private final Account vault;
  private final Account disks;

  private BlobService(Process process, int port, Account vault, Account disks) {
    this.process = process;
    this.port = port;
    this.vault = vault;
    this.disks = disks;
    this.hook = new Thread(process::destroyForcibly, "kill azurite " + process.pid());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts it.
   *
   * @param identity a folder with {@code tls.crt} and {@code tls.key}
   * @param folder for its blobs, if they are not kept in memory
   */
  static BlobService start(Path identity, Path folder, InetAddress address, boolean inMemory)
      throws IOException {
    String vaultKey = newKey();
    String disksKey = newKey();
    List<String> command =
        new ArrayList<>(
            List.of(
                ProjectFolder.root().resolve("testbed/bin/azurite").toString(),
                "--identity",
                identity.toString(),
                "--out",
                folder.toString(),
                "--host",
                address.getHostAddress(),
                "--port",
                "0",
                "--accounts",
                "%s:%s;%s:%s"
                    .formatted(
                        AzureSite.VAULT_ACCOUNT, vaultKey, AzureSite.DISK_ACCOUNT, disksKey)));
    if (inMemory) {
      command.add("--memory");
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      int listens = awaitPort(process);
      return new BlobService(
          process,
          listens,
          account(AzureSite.VAULT_ACCOUNT, vaultKey, ""),
          account(AzureSite.DISK_ACCOUNT, disksKey, ":" + listens));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Account account(String name, String key, String port) {
    return new Account(
        name, key, URI.create("https://" + name + ".blob." + AzureSite.DOMAIN + port));
  }

  private static String newKey() {
    byte[] key = new byte[64];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private static int awaitPort(Process process) throws IOException {
    BufferedReader output = process.inputReader();
    Thread guard =
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                  process.destroyForcibly();
                }
              } catch (InterruptedException expected) {
                // It started in time.
              }
            });
    StringBuilder all = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      all.append(line).append('\n');
      Matcher listens = LISTENS.matcher(line);
      if (listens.find()) {
        guard.interrupt();
        Thread.ofVirtual().start(() -> drain(output));
        return Integer.parseInt(listens.group(1));
      }
    }
    throw new IOException("Azurite did not start: " + all.toString().strip());
  }

  private static void drain(BufferedReader output) {
    try {
      while (output.readLine() != null) {
        // Its log is of no interest.
      }
    } catch (IOException expected) {
      // It has ended.
    }
  }

  /** Where it listens itself. */
  int port() {
    return port;
  }

  /** The account that users have. */
  Account vault() {
    return vault;
  }

  /** The account where managed disks are, as only the cloud itself reaches it. */
  Account disks() {
    return disks;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException expected) {
      // This program is ending.
    }
  }
}
