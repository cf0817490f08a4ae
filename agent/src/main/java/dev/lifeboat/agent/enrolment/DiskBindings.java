package dev.lifeboat.agent.enrolment;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lifeboat.agent.capture.CaptureRefusedException;
import dev.lifeboat.agent.capture.ProtectedDisk;
import dev.lifeboat.agent.hardware.DiskIdentity;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which disk an id stands for. Bound once, to serial, WWN or place, and kept: names of devices
 * change from boot to boot, and a log must never go on with another disk's content.
 */
public final class DiskBindings {
  static final String FILE = "disks.json";

  /** What is kept: id to identity. */
  record Bound(@JsonProperty("disks") Map<Integer, String> disks) {}

  private DiskBindings() {}

  /**
   * The disks to capture, by the node that each has now; new ones are bound.
   *
   * @throws CaptureRefusedException if a disk is not there, or another one stands in its place
   */
  public static List<ProtectedDisk> resolve(StateDirectory state, List<AgentSettings.Disk> disks)
      throws IOException {
    Map<Integer, String> bound =
        new TreeMap<>(state.read(FILE, Bound.class).map(Bound::disks).orElse(Map.of()));
    List<ProtectedDisk> resolved = new ArrayList<>();
    boolean changed = false;
    for (AgentSettings.Disk disk : disks) {
      String identity = bound.get(disk.id());
      if (identity == null) {
        identity = identity(disk);
        bound.put(disk.id(), identity);
        changed = true;
      }
      resolved.add(new ProtectedDisk(disk.id(), node(disk, identity), identity));
    }
    if (changed) {
      state.write(FILE, new Bound(bound));
    }
    return resolved;
  }

  private static String identity(AgentSettings.Disk disk) throws IOException {
    return DiskIdentity.find(disk.device())
        .orElseThrow(() ->
            new CaptureRefusedException(
                disk.device() + " is no whole disk of this machine: `lsblk --nodeps` lists them"));
  }

  private static Path node(AgentSettings.Disk disk, String identity) throws IOException {
    if (DiskIdentity.find(disk.device()).equals(Optional.of(identity))) {
      return disk.device();
    }
    for (Path device : DiskIdentity.devices()) {
      if (DiskIdentity.find(device).equals(Optional.of(identity))) {
        return device;
      }
    }
    throw new CaptureRefusedException(
        "disk %d is bound to %s, which is not there (%s is another disk): attach it, or protect the other disk under a new id"
            .formatted(disk.id(), identity, disk.device()));
  }
}
