package dev.lifeboat.operator.recovery;

import java.util.List;

/** One thing to do. Each may be done twice. */
sealed interface Task {

  /** Keeps the recovery point in the run's status. */
  record UsePoint(ChosenPoint point) implements Task {}

  /** Writes into the head that this run fails the machine over. */
  record ClaimHead() implements Task {}

  record CreateDisk(int disk, long bytes) implements Task {}

  /** Opens the disk for upload and starts the keeper's Job. */
  record StartHydration(int disk) implements Task {}

  /** Closes the upload of a disk whose bytes are all there. */
  record FinishDisk(int disk) implements Task {}

  record CreateNic() implements Task {}

  record CreateVm(List<Integer> disks) implements Task {
    public CreateVm {
      disks = List.copyOf(disks);
    }
  }

  record StartVm() implements Task {}

  /** Writes into the head that the machine runs in the recovery location. */
  record MarkRecovered() implements Task {}

  /** Takes away Jobs and the Secrets with their URLs. */
  record RemoveHydration() implements Task {}

  record DeleteVm() implements Task {}

  record DeleteNic() implements Task {}

  record DeleteDisk(int disk) implements Task {}

  /** Takes the run's claim out of the head. */
  record ReleaseHead() implements Task {}

  /** Makes the failover final in the head. */
  record CommitHead() implements Task {}
}
