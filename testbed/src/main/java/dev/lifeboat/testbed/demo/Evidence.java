package dev.lifeboat.testbed.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the demo showed, in figures.
 *
 * @param intervalSeconds of recovery points, as the policy asks
 * @param rehearsal the test failover
 * @param disaster the failover behind the loss of the site
 * @param disks of the machine that the disaster's failover brought up
 * @param timeline of the demo
 */
public record Evidence(
    int intervalSeconds,
    Recovered rehearsal,
    Recovered disaster,
    List<DiskHash> disks,
    List<Timeline.Step> timeline) {

  /**
   * A disk's SHA-256, in hexadecimal digits, come by in two ways.
   *
   * @param name of the managed disk
   * @param booted of the bytes that the machine in Azure booted from
   * @param vault of the same recovery point, hydrated once more into a file, by hand
   */
  public record DiskHash(int disk, String name, String booted, String vault) {
    /** Whether both are the same bytes. */
    public boolean same() {
      return booted.equals(vault);
    }
  }

  /**
   * One machine that came up in Azure.
   *
   * @param recordsWritten the newest record on the source's disks, at its death (or, of a
   *     rehearsal, when the run was asked for)
   * @param recordsRecovered the newest on the replica's disks, found by its first boot
   * @param lossSeconds how old that record was then
   * @param fsck whether all file systems were clean and all records in order
   * @param rpoSeconds what the run says of itself
   * @param rtoSeconds what the run says of itself
   * @param disks of the machine, as the run lists them
   * @param steps of the run, with their times
   */
  public record Recovered(
      long recordsWritten,
      long recordsRecovered,
      double lossSeconds,
      boolean fsck,
      String point,
      long rpoSeconds,
      long rtoSeconds,
      JsonNode disks,
      JsonNode steps) {

    /** Records that are gone. */
    public long recordsLost() {
      return Math.max(0, recordsWritten - recordsRecovered);
    }
  }

  /** Writes it as JSON. */
  public void write(Path file) throws IOException {
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }

  /** For people. */
  public String summary() {
    return "rehearsal: %s%ndisaster:  %s%ndisks that booted: %s"
        .formatted(
            line(rehearsal),
            line(disaster),
            disks.stream().allMatch(DiskHash::same)
                ? "the vault's bytes, by SHA-256"
                : "NOT the vault's bytes");
  }

  private static String line(Recovered one) {
    return ("%d records written, %d recovered, %d lost (%.1f s of work); point %s; RPO %d s, RTO %d"
            + " s; file systems and order %s")
        .formatted(
            one.recordsWritten(),
            one.recordsRecovered(),
            one.recordsLost(),
            one.lossSeconds(),
            one.point(),
            one.rpoSeconds(),
            one.rtoSeconds(),
            one.fsck() ? "sound" : "BROKEN");
  }
}
