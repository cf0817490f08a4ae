package dev.lifeboat.operator.cloud;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A cloud that machines come up in. Every call may be repeated after a crash, asks for something
 * and returns without waiting until it is done: {@link #look} says how it stands. Deletes touch
 * only what carries the machine's and the purpose's tags. Thread-safe.
 */
public interface Cloud {

  /** What stands there. */
  CloudView look(Replica replica, Set<Integer> disks) throws CloudException;

  /**
   * Looks whether the replica could come up now, and makes nothing. Takes seconds; whatever cannot
   * be looked at says so.
   *
   * @param disks how many
   * @param testSubnet where its test failovers come up; empty if there are none
   */
  Readiness check(Replica replica, int disks, Optional<String> testSubnet);

  /** Asks for a disk that waits for its bytes; {@code bytes} without the VHD's footer. */
  void createDisk(Replica replica, int disk, long bytes) throws CloudException;

  /** Opens a disk for its bytes: a URL that carries its signature, which is a secret. */
  URI openUpload(Replica replica, int disk) throws CloudException;

  /** Ends the upload: the disk may be attached from then on. */
  void closeUpload(Replica replica, int disk) throws CloudException;

  void createNic(Replica replica) throws CloudException;

  /** Asks for a VM that boots from the first of the disks. */
  void createVm(Replica replica, List<Integer> disks) throws CloudException;

  void startVm(Replica replica) throws CloudException;

  void deleteVm(Replica replica) throws CloudException;

  void deleteNic(Replica replica) throws CloudException;

  void deleteDisk(Replica replica, int disk) throws CloudException;
}
