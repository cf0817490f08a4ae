package dev.lifeboat.vault.segment;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names a segment or tombstone. Epochs and numbers count from 1. */
public record SegmentId(UUID machine, long epoch, long number) {

  private static final Pattern NAME =
      Pattern.compile("machine/([0-9a-f-]{36})/epoch/([1-9][0-9]{0,18})/segment/([0-9]{20})");

  public SegmentId {
    if (epoch < 1 || number < 1) {
      throw new IllegalArgumentException("epochs and segment numbers count from 1");
    }
  }

  public SegmentId next() {
    return new SegmentId(machine, epoch, number + 1);
  }

  public String blobName() {
    return prefix(machine) + epoch + "/segment/" + "%020d".formatted(number);
  }

  /** What the names of all segments of a machine begin with. */
  static String prefix(UUID machine) {
    return "machine/" + machine + "/epoch/";
  }

  /** The segment that a blob's name stands for, if it does for one. */
  public static Optional<SegmentId> ofBlobName(String name) {
    Matcher m = NAME.matcher(name);
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      SegmentId id =
          new SegmentId(
              UUID.fromString(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3)));
      return id.blobName().equals(name) ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return blobName();
  }
}
