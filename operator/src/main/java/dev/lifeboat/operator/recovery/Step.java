package dev.lifeboat.operator.recovery;

/** The steps of a run, as its timeline shows them. */
enum Step {
  /** Whether the run may be. */
  Check,
  /** Which recovery point. */
  Point,
  /** The machine's head says that it is being failed over. */
  Fence,
  /** Managed disks that wait for bytes. */
  Disks,
  /** Bytes of the recovery point into the disks. */
  Hydrate,
  /** The network interface. */
  Network,
  /** The VM. */
  Start,
  /** What is left of the work goes; the head says where the machine runs. */
  Finish,
  /** What was made goes. */
  Undo,
  /** A test failover's machine goes. */
  Cleanup,
  /** The failover is final. */
  Commit
}
