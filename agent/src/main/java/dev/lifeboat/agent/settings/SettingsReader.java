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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the agent's configuration file. */
public final class SettingsReader {
  private static final Pattern UID =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
  private static final int METRICS_PORT = 9465;
  private static final long MOST_RATE = 1L << 40;
  private static final int MANAGEMENT_PORT = 443;
  private static final Duration MARK_EVERY = Duration.ofMinutes(5);
  private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
  private static final int MOST_DISKS = 64;

  private SettingsReader() {}

  /** Reads and checks the file; throws one exception that lists all that is wrong. */
  public static AgentSettings read(Path path) throws SettingsException {
    SettingsFile file = SettingsFile.open(path);
    Section top = file.top();
    Section machine = top.section("machine");
    boolean led = top.has("management");
    Optional<UUID> uid = Optional.empty();
    if (led) {
      machine.refuse("uid", "stands in the certificate: remove it, or remove management");
    } else {
      uid = Optional.of(uuid(machine));
    }
    Optional<String> hardwareId = optional(machine.text("hardwareId", ""));
    machine.end();
    Section hardware = top.section("hardware");
    Optional<Path> hardwareDirectory = hardware.optionalPath("directory");
    hardware.end();
    AgentSettings settings =
        new AgentSettings(
            uid,
            management(top),
            hardwareId,
            hardwareDirectory,
            stateDirectory(top),
            top.optionalPath("bpfDirectory").orElse(Path.of("/sys/fs/bpf/lifeboat")),
            led ? List.of() : disks(top),
            led ? List.of() : servers(top),
            top.path("identity"),
            led ? MARK_EVERY : top.time("markEvery", MARK_EVERY, Duration.ofSeconds(1)),
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

  private static Path stateDirectory(Section top) {
    Path directory = top.path("stateDirectory");
    if (directory.toString().getBytes(StandardCharsets.UTF_8).length > StateDirectory.LONGEST) {
      top.problem(
          "stateDirectory",
          "is too long a path for the control socket in it: choose one of at most %d bytes"
              .formatted(StateDirectory.LONGEST));
    }
    return directory;
  }

  private static Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static UUID uuid(Section machine) {
    String text = machine.required("uid");
    if (UID.matcher(text).matches()) {
      return UUID.fromString(text);
    }
    if (!text.isEmpty()) {
      machine.problem("uid", "must be the machine's uid, as lifeboat-vault init printed it");
    }
    return new UUID(0, 0);
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
      Endpoint.parse(text, Pipelines.PORT)
          .ifPresentOrElse(
              found -> servers.add(new ServerAddress(found.host(), found.port())),
              () -> top.problem("servers", "holds '" + text + "', which is not host:port"));
    }
    if (servers.isEmpty()) {
      top.problem("servers", "must list at least one process server as host:port");
    }
    return servers;
  }

  private static Optional<AgentSettings.Management> management(Section top) {
    Section section = top.section("management");
    if (!top.has("management")) {
      return Optional.empty();
    }
    for (String key : List.of("disks", "servers", "markEvery")) {
      top.refuse(key, "is for the operator to say: remove it, or remove management");
    }
    String text = section.required("endpoint");
    Optional<Endpoint> endpoint = Endpoint.parse(text, MANAGEMENT_PORT);
    if (!text.isEmpty() && endpoint.isEmpty()) {
      section.problem("endpoint", "must be host:port");
    }
    AgentSettings.Management management =
        new AgentSettings.Management(
            endpoint.orElse(new Endpoint("", 0)),
            section.time("every", REPORT_EVERY, Duration.ofSeconds(1)));
    section.end();
    return Optional.of(management);
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
    if (address.isUnresolved()) {
      section.problem("address", "must be an address of this machine, such as 127.0.0.1");
    }
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
