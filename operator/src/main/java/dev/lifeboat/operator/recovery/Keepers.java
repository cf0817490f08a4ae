package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import java.net.URI;
import java.util.Map;

/** Keeper Jobs that fill disks. Every call may be repeated. */
interface Keepers {

  Map<Integer, Observed.JobState> jobs(RecoveryRun run, String machine);

  void start(RecoveryRun run, MemberSubject subject, Order order);

  void remove(RecoveryRun run, String machine);

  /**
   * What a Job is to do.
   *
   * @param point id of the recovery point
   * @param target URL of the disk, with its signature: a secret
   */
  record Order(int disk, long bytes, String point, URI target) {
    @Override
    public String toString() {
      return "disk " + disk + " of " + point;
    }
  }
}
