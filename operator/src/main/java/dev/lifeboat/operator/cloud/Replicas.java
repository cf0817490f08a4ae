package dev.lifeboat.operator.cloud;

import dev.lifeboat.crds.MachineTarget;
import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.cloud.Replica.Purpose;
import java.util.Optional;
import java.util.UUID;

/** What machines are to be in the cloud, from what their objects and policies say. Pure. */
public final class Replicas {

  private static final int LONGEST_NAME = 58;

  /**
   * What is known of the source.
   *
   * @param machine uid in the vault
   */
  public record Source(UUID machine, int cores, long memoryMiB) {}

  private Replicas() {}

  /** Fails if there is no subnet for the purpose. */
  public static Replica of(
      ProtectedVM machine, ReplicationPolicy policy, Source source, Purpose purpose, String run) {
    MachineTarget own = machine.getSpec().target();
    TargetSpec common = policy.getSpec().target();
    String name = own.vmName() == null ? vmName(machine.getMetadata().getName()) : own.vmName();
    String ip = purpose == Purpose.Test ? own.testPrivateIp() : own.privateIp();
    return new Replica(
        source.machine(),
        run,
        purpose,
        purpose == Purpose.Test ? name + "-test" : name,
        place(policy),
        new Replica.Network(
            subnet(machine, policy, purpose).orElseThrow(),
            Optional.ofNullable(ip),
            own.onIpConflict() == MachineTarget.OnIpConflict.NextFree),
        new Replica.Sizing(
            Optional.ofNullable(own.vmSize()).or(() -> Optional.ofNullable(common.vmSize())),
            source.cores(),
            source.memoryMiB(),
            own.diskType() == null ? common.diskType() : own.diskType()),
        own.tags());
  }

  /** Where machines of a policy come up. */
  public static Replica.Place place(ReplicationPolicy policy) {
    TargetSpec target = policy.getSpec().target();
    return new Replica.Place(target.subscriptionId(), target.resourceGroup(), target.region());
  }

  /**
   * The subnet's resource id. There need not be one for tests, and that of the failover is none:
   * machine and policy may name the same one for both, each for one of them.
   */
  public static Optional<String> subnet(
      ProtectedVM machine, ReplicationPolicy policy, Purpose purpose) {
    MachineTarget own = machine.getSpec().target();
    TargetSpec common = policy.getSpec().target();
    String failover = own.subnetId() == null ? common.subnetId() : own.subnetId();
    if (purpose == Purpose.Failover) {
      return Optional.ofNullable(failover);
    }
    return Optional.ofNullable(own.testSubnetId())
        .or(() -> Optional.ofNullable(common.testSubnetId()))
        .filter(subnet -> !subnet.equalsIgnoreCase(failover));
  }

  /** What an object may be called, a VM may not always. */
  private static String vmName(String name) {
    String plain = name.replace('.', '-');
    return plain.length() <= LONGEST_NAME ? plain : plain.substring(0, LONGEST_NAME);
  }
}
