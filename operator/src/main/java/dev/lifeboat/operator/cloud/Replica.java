package dev.lifeboat.operator.cloud;

import dev.lifeboat.crds.TargetSpec;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A machine as it is to come up. All names follow from it, so that whoever looks again after a
 * crash finds what was made.
 *
 * @param machine uid in the vault
 * @param run uid of the RecoveryRun: what is made carries it as a tag
 * @param tags of the user
 */
public record Replica(
    UUID machine,
    String run,
    Purpose purpose,
    String vmName,
    Place place,
    Network network,
    Sizing sizing,
    Map<String, String> tags) {

  /** Tag with the uid of the run that made a resource. */
  public static final String RUN_TAG = "lifeboat-run";

  /** Tag with the uid of the machine that a resource is of. */
  public static final String MACHINE_TAG = "lifeboat-machine";

  /** Tag with what a resource was made for. */
  public static final String PURPOSE_TAG = "lifeboat-purpose";

  /** Id of the disk that a VM boots from. */
  public static final int BOOT_DISK = 1;

  /** What it comes up for. */
  public enum Purpose {
    Test,
    Failover
  }

  /** Where it comes up. */
  public record Place(String subscription, String resourceGroup, String region) {
    /** The resource group's id. */
    public String id() {
      return "/subscriptions/" + subscription + "/resourceGroups/" + resourceGroup;
    }
  }

  /**
   * How it is reached.
   *
   * @param privateIp static address; empty for a dynamic one
   * @param nextFree whether any address will do when the static one is taken
   */
  public record Network(String subnetId, Optional<String> privateIp, boolean nextFree) {}

  /**
   * What it is made of.
   *
   * @param vmSize empty: the smallest that has the cores and the memory
   */
  public record Sizing(
      Optional<String> vmSize, int cores, long memoryMiB, TargetSpec.DiskType diskType) {}

  public Replica {
    tags = Map.copyOf(tags);
  }

  /** The same under another name. */
  public Replica named(String other) {
    return new Replica(machine, run, purpose, other, place, network, sizing, tags);
  }

  /** Name of the managed disk of a disk. */
  public String diskName(int disk) {
    return vmName + "-disk-" + disk;
  }

  /** Name of the network interface. */
  public String nicName() {
    return vmName + "-nic";
  }
}
