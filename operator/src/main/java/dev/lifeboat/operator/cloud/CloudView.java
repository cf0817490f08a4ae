package dev.lifeboat.operator.cloud;

import java.util.Map;

/**
 * What stands in the cloud of one replica.
 *
 * @param disks by the disk's id; only those that are there
 */
public record CloudView(Map<Integer, Disk> disks, Nic nic, Vm vm) {

  /** How a resource stands. */
  public enum State {
    Absent,
    Creating,
    /** A disk that takes its bytes. */
    Uploading,
    Ready,
    /** A VM that is not running. */
    Stopped,
    Deleting,
    Failed
  }

  /** Whose a resource is. */
  public enum Owner {
    /** Made by the run at hand. */
    Run,
    /** Of the same machine and purpose, made by another run. */
    Machine,
    /** Somebody else's: never touched. */
    Foreign
  }

  /** A managed disk. */
  public record Disk(State state, Owner owner) {}

  /**
   * A network interface.
   *
   * @param privateIp empty until it has one
   */
  public record Nic(State state, Owner owner, String privateIp) {
    public static final Nic NONE = new Nic(State.Absent, Owner.Run, "");
  }

  /**
   * A VM.
   *
   * @param trouble why it has failed; empty if it has not
   */
  public record Vm(State state, Owner owner, String trouble) {
    public static final Vm NONE = new Vm(State.Absent, Owner.Run, "");
  }

  public CloudView {
    disks = Map.copyOf(disks);
  }

  /** Nothing is there. */
  public static CloudView empty() {
    return new CloudView(Map.of(), Nic.NONE, Vm.NONE);
  }

  /** Whether nothing is there. */
  public boolean isEmpty() {
    return disks.isEmpty() && nic.state() == State.Absent && vm.state() == State.Absent;
  }
}
