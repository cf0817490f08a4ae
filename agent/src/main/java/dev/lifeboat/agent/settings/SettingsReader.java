package dev.lifeboat.agent.settings;

import dev.lifeboat.agent.capture.CaptureSettings;
import dev.lifeboat.agent.shipping.ServerAddress;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.protocol.Pipelines;
import dev.lifeboat.wire.settings.Section;
import dev.lifeboat.wire.settings.SettingsException;
import dev.lifeboat.wire.settings.SettingsFile;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reads the agent's configuration file. */
public final class SettingsReader {
  private static final int METRICS_PORT = 9465;
  private static final long MOST_RATE = 1L << 40;
  private static final int MOST_DISKS = 64;

  private SettingsReader() {}

  /** Reads and checks the file; throws one exception that lists all that is wrong. */
  public static AgentSettings read(Path path) throws SettingsException {
    SettingsFile file = SettingsFile.open(path);
    Section top = file.top();
    Section machine = top.section("machine");
    UUID uid = uuid(machine);
    Optional<String> hardwareId = optional(machine.text("hardwareId", ""));
    machine.end();
    Section hardware = top.section("hardware");
    Optional<Path> hardwareDirectory = hardware.optionalPath("directory");
    hardware.end();
    AgentSettings settings =
        new AgentSettings(
            uid,
            hardwareId,
            hardwareDirectory,
            top.path("stateDirectory"),
            top.optionalPath("bpfDirectory").orElse(Path.of("/sys/fs/bpf/lifeboat")),
            disks(top),
            servers(top),
            top.path("identity"),
            top.time("markEvery", Duration.ofMinutes(5), Duration.ofSeconds(1)),
            top.time("serverTimeout", Duration.ofSeconds(30), Duration.ofSeconds(1)),
            top.bytes("baseRate", 0, 0, MOST_RATE),
            codec(top),
            ring(top),
            journal(top),
            metrics(top.section("metrics")),
            json(top));
    file.check();
    return settings;
  }

  private static Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static UUID uuid(Section machine) {
    String text = machine.required("uid");
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      if (!text.isEmpty()) {
        machine.problem("uid", "must be the machine's uid, as lifeboat-vault init printed it");
      }
      return new UUID(0, 0);
    }
  }

  private static List<AgentSettings.Disk> disks(Section top) {
    List<AgentSettings.Disk> disks = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (Section section : top.sections("disks")) {
      int id = section.integer("id", 1, 1, 65535);
      Path device = section.path("device");
      section.end();
      if (!seen.add(id) || !seen.add(device)) {
        section.problem("id", "or device stands there twice");
      }
      disks.add(new AgentSettings.Disk(id, device));
    }
    if (disks.isEmpty() || disks.size() > MOST_DISKS) {
      top.problem("disks", "must list the disks to protect, 1 to " + MOST_DISKS);
    }
    return disks;
  }

  private static List<ServerAddress> servers(Section top) {
    List<ServerAddress> servers = new ArrayList<>();
    for (String text : top.texts("servers")) {
      int colon = text.lastIndexOf(':');
      String host = colon < 0 ? text : text.substring(0, colon);
      String port = colon < 0 ? Integer.toString(Pipelines.PORT) : text.substring(colon + 1);
      if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
        top.problem("servers", "holds '" + text + "', which is not host:port");
      } else {
        servers.add(new ServerAddress(host, Integer.parseInt(port)));
      }
    }
    if (servers.isEmpty()) {
      top.problem("servers", "must list at least one process server as host:port");
    }
    return servers;
  }

  private static Codec codec(Section top) {
    String text = top.text("codec", "lz4");
    try {
      return Codec.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      top.problem("codec", "must be lz4, zstd or none");
      return Codec.LZ4;
    }
  }

  private static int ring(Section top) {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    int standard = CaptureSettings.ringBytes(system.getTotalMemorySize());
    int bytes = (int) top.bytes("ring", standard, 1 << 20, 1 << 30);
    if (Integer.bitCount(bytes) != 1) {
      top.problem("ring", "must be a power of two, such as 64MiB");
    }
    return bytes;
  }

  private static Optional<AgentSettings.Journal> journal(Section top) {
    Section section = top.section("journal");
    if (!top.has("journal")) {
      return Optional.empty();
    }
    AgentSettings.Journal journal =
        new AgentSettings.Journal(
            section.path("directory"),
            section.bytes("most", 10L << 30, 0, 1L << 50),
            section.integer("percent", 5, 1, 50));
    section.end();
    return Optional.of(journal);
  }

  private static InetSocketAddress metrics(Section section) {
    InetSocketAddress address =
        new InetSocketAddress(
            section.text("address", "127.0.0.1"), section.integer("port", METRICS_PORT, 0, 65535));
    section.end();
    return address;
  }

  private static boolean json(Section top) {
    String log = top.text("log", "text");
    if (!log.equals("text") && !log.equals("json")) {
      top.problem("log", "must be text or json");
    }
    return log.equals("json");
  }
}
