package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.convergence.Progress;
import dev.lifeboat.wire.frame.StateBody;

/** Progress as the body of a STATE frame. */
final class States {
  private States() {}

  static StateBody of(Progress progress) {
    return new StateBody(
        progress.consistent(),
        progress.reason(),
        progress.bytesLeft(),
        progress.disks().stream()
            .map(disk ->
                new StateBody.Disk(
                    disk.id(),
                    !disk.equal(),
                    disk.size(),
                    disk.sectorSize(),
                    disk.identity(),
                    disk.device()))
            .toList());
  }

  /** Whether they say the same but for how much is left. */
  static boolean same(StateBody one, StateBody other) {
    return one.consistent() == other.consistent()
        && one.reason().equals(other.reason())
        && one.disks().equals(other.disks());
  }
}
