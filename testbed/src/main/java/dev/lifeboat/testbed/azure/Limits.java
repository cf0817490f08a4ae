package dev.lifeboat.testbed.azure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The quotas of a site's subscription, by Azure's own names, and the smallest disk that it lets be
 * uploaded. Can be changed at any time. Thread-safe.
 */
public final class Limits {

  /** Cores of all machines. */
  public static final String CORES = "cores";

  /** Machines. */
  public static final String MACHINES = "virtualMachines";

  /** Managed disks. */
  public static final String DISKS = "StandardDiskCount";

  /** Network interfaces. */
  public static final String INTERFACES = "NetworkInterfaces";

  /** Virtual networks. */
  public static final String NETWORKS = "VirtualNetworks";

  /** The smallest VHD that Azure takes: 20 MiB and the footer. */
  public static final long SMALLEST_UPLOAD = (20L << 20) + 512;

  private final Map<String, Integer> limits =
      new ConcurrentHashMap<>(
          Map.of(CORES, 20, MACHINES, 100, DISKS, 500, INTERFACES, 500, NETWORKS, 50));
  private volatile long smallestUpload = SMALLEST_UPLOAD;

  /** Sets one: {@link #CORES} and the others, or a size family such as {@code standardBSFamily}. */
  public void set(String name, int limit) {
    limits.put(name, limit);
  }

  /** What is allowed; a size family that was not set has all the cores. */
  public int of(String name) {
    return limits.getOrDefault(name, limits.get(CORES));
  }

  /** For tests with small disks: Azure itself takes nothing below {@link #SMALLEST_UPLOAD}. */
  public void smallestUpload(long bytes) {
    smallestUpload = bytes;
  }

  long smallestUpload() {
    return smallestUpload;
  }
}
