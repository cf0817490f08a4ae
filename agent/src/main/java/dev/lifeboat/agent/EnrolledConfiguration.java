package dev.lifeboat.agent;

import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.Endpoint;
import dev.lifeboat.agent.settings.SettingsReader;
import dev.lifeboat.wire.settings.SettingsException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of a machine that is being enrolled: the file that is there, or one that is
 * made, and stays only if it is kept.
 */
final class EnrolledConfiguration implements Closeable {
  private static final String MADE =
      """
      # Made by `lifeboat-agent enrol`. All keys: docs/operations/agent.md of the project.
      # Which disks, which process servers and how often a recovery point: that is the operator's to say.
      stateDirectory: /var/lib/lifeboat
      identity: identity            # a folder beside this file: tls.crt, tls.key, ca.crt
      management: {endpoint: "ENDPOINT"}
      # What is written while the link is down or slow, up to 5 % of the file system and 10 GiB.
      journal: {directory: /var/lib/lifeboat/changes}
      """;

  private final Path file;
  private final Optional<Path> draft;
  private final AgentSettings settings;

  private EnrolledConfiguration(Path file, Optional<Path> draft, AgentSettings settings) {
    this.file = file;
    this.draft = draft;
    this.settings = settings;
  }

  /** Reads the file, or makes a draft of it. */
  static EnrolledConfiguration open(Path file, Endpoint operator)
      throws SettingsException, IOException {
    if (Files.exists(file)) {
      AgentSettings settings = SettingsReader.read(file);
      Optional<Endpoint> said = settings.management().map(AgentSettings.Management::endpoint);
      if (said.isEmpty()) {
        throw new SettingsException(
            file.toString(),
            List.of(
                "is a configuration by hand: move it away, or exchange machine.uid, disks, servers"
                    + " and markEvery in it for `management: {endpoint: "
                    + operator
                    + "}`"));
      }
      if (!said.get().equals(operator)) {
        throw new SettingsException(
            file.toString(),
            List.of(
                "management.endpoint is "
                    + said.get()
                    + ", the command says "
                    + operator
                    + ": set it to that, or move the file away"));
      }
      return new EnrolledConfiguration(file, Optional.empty(), settings);
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path draft = file.resolveSibling(file.getFileName() + ".enrolling");
    Files.writeString(draft, MADE.replace("ENDPOINT", operator.toString()));
    return new EnrolledConfiguration(file, Optional.of(draft), SettingsReader.read(draft));
  }

  AgentSettings settings() {
    return settings;
  }

  /** The machine is enrolled: what was made stays. */
  void keep() throws IOException {
    if (draft.isPresent()) {
      Files.move(draft.get(), file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void close() throws IOException {
    if (draft.isPresent()) {
      Files.deleteIfExists(draft.get());
    }
  }
}
