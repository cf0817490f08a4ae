package dev.lifeboat.agent.capture;

import java.nio.file.Path;

/**
 * A disk that is to be captured.
 *
 * @param id what it is called in log and vault, for ever; 0 to 65535
 * @param device its node now
 * @param identity serial, WWN or bus path: what it is recognised by
 */
public record ProtectedDisk(int id, Path device, String identity) {
  /** Checks the id. */
  public ProtectedDisk {
    if (id < 0 || id > 0xffff) {
      throw new IllegalArgumentException("disk id " + id + " is not within 0 to 65535");
    }
  }
}
