package dev.lifeboat.agent.hardware;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * By what a machine is told from its clones and replicas, whose disks say the same as its own: the
 * SMBIOS UUID; where there is none, the serials of board, chassis and disks by majority; where
 * there are none, a name from the configuration. The name travels with the disk, so it counts only
 * where the hardware tells nothing, then and now. Kept as JSON; immutable.
 *
 * @param uuid the SMBIOS UUID in the lesser of both byte orders, or empty
 * @param serials each with its kind before it, as {@code board:…}; may be empty
 * @param named what the configuration says as {@code machine.hardwareId}, or empty
 */
public record HardwareIdentity(
    @JsonProperty("uuid") String uuid,
    @JsonProperty("serials") Set<String> serials,
    @JsonProperty("named") String named) {

  /** Bounds what a HELLO carries. */
  private static final int LONGEST_NAME = 128;

  /** Refuses what is missing. */
  public HardwareIdentity {
    serials = new TreeSet<>(serials);
    if (uuid == null || named == null || named.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("a hardware identity lacks its UUID or its name");
    }
  }

  /** Whether two identities are one machine, and a sentence that says why. */
  public sealed interface Match {
    /** What decided. */
    String sentence();
  }

  /** The same machine. */
  public record Same(String sentence) implements Match {}

  /** Another machine, or nothing proves that it is the same. */
  public record Other(String sentence) implements Match {}

  /** The identity of a machine, with the name that the configuration gives it. */
  public static HardwareIdentity of(Machine machine, Optional<String> named) {
    Set<String> serials = new TreeSet<>();
    add(serials, "board:", machine.boardSerial().stream());
    add(serials, "chassis:", machine.chassisSerial().stream());
    add(serials, "disk:", machine.diskSerials().stream());
    String uuid = machine.productUuid().flatMap(SmbiosUuid::canonical).orElse("");
    return new HardwareIdentity(uuid, serials, named.map(String::strip).orElse(""));
  }

  private static void add(Set<String> serials, String kind, Stream<String> found) {
    found.flatMap(text -> Serials.canonical(text).stream()).map(kind::concat).forEach(serials::add);
  }

  @Override
  public Set<String> serials() {
    return new TreeSet<>(serials);
  }

  /** Whether nothing tells this machine from another: it cannot be enrolled. */
  public boolean tellsNothing() {
    return hardwareTellsNothing() && named.isEmpty();
  }

  private boolean hardwareTellsNothing() {
    return uuid.isEmpty() && serials.isEmpty();
  }

  /** Whether the machine as it is now is the one that this identity was taken from. */
  public Match matches(HardwareIdentity now) {
    if (!uuid.isEmpty() && !now.uuid.isEmpty()) {
      return uuid.equals(now.uuid)
          ? new Same("the SMBIOS UUID is " + uuid)
          : new Other("the SMBIOS UUID is " + now.uuid + ", it was " + uuid);
    }
    if (!serials.isEmpty()) {
      return bySerials(now);
    }
    if (hardwareTellsNothing() && now.hardwareTellsNothing() && !named.isEmpty()) {
      return named.equals(now.named)
          ? new Same("the configuration names it " + named)
          : new Other(
              "the configuration names it '" + now.named + "', it was named '" + named + "'");
    }
    return new Other("nothing that this machine shows was there before: " + text());
  }

  /** More than half of what was there must still be there; what came since does not count. */
  private Match bySerials(HardwareIdentity now) {
    long kept = serials.stream().filter(now.serials::contains).count();
    String figures =
        kept + " of " + serials.size() + " serials of board, chassis and disks are the same";
    return 2 * kept > serials.size() ? new Same(figures) : new Other(figures);
  }

  /** One line for a greeting and a status; at most a few hundred characters. */
  public String text() {
    if (!uuid.isEmpty()) {
      return "uuid:" + uuid;
    }
    if (!serials.isEmpty()) {
      return "serials:" + Integer.toHexString(serials.hashCode()) + "/" + serials.size();
    }
    return named.isEmpty() ? "nothing" : "named:" + named;
  }
}
