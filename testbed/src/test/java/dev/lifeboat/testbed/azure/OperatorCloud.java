package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.azure.AzureClouds;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * The operator's Azure, by the official SDK, against the simulator, whose operations take time.
 * Closing ends it.
 */
final class OperatorCloud implements AutoCloseable {
  static final Set<Integer> DISKS = Set.of(1, 2);
  static final long BYTES = 16 << 20;
  static final Duration SOON = Duration.ofSeconds(20);

  private static final Replica.Sizing SMALL =
      new Replica.Sizing(Optional.empty(), 2, 12 << 10, TargetSpec.DiskType.Premium_LRS);

  private final CloudSite site;
  private final AzureClouds clouds;
  private final Cloud cloud;

  private OperatorCloud(CloudSite site) throws Exception {
    this.site = site;
    clouds = freshClouds();
    cloud = clouds.open(site.policy());
  }

  static OperatorCloud start(Path folder) throws Exception {
    return new OperatorCloud(
        CloudSite.start(folder, AzureSettings.loopback().taking(Duration.ofMillis(300), 20)));
  }

  /** One that remembers nothing of what Azure said so far. */
  AzureClouds freshClouds() throws Exception {
    return new AzureClouds(
        site.settings(), (_, name) -> Optional.ofNullable(site.secrets().get(name)));
  }

  CloudSite site() {
    return site;
  }

  AzureClouds clouds() {
    return clouds;
  }

  Cloud cloud() {
    return cloud;
  }

  /** Faults, limits, rights and the credential as they were. */
  void restore() {
    site.azure().rights().take();
    site.azure().faults().clear();
    site.azure().limits().set(Limits.CORES, 20);
    site.credential(site.azure().account().secret());
  }

  Replica replica(String name, Optional<String> ip) {
    return replica(name, "run-1", site.subnet("servers"), ip, false);
  }

  Replica replica(String name, String run, String subnet, Optional<String> ip, boolean nextFree) {
    return new Replica(
        UUID.nameUUIDFromBytes(new byte[] {1, (byte) name.hashCode()}),
        run,
        Replica.Purpose.Test,
        name,
        site.place(),
        new Replica.Network(subnet, ip, nextFree),
        SMALL,
        Map.of("cost", "dr"));
  }

  Replica sized(int cores, int memoryGib, String... vmSize) {
    Replica other = replica("sized", Optional.empty());
    return new Replica(
        other.machine(),
        other.run(),
        other.purpose(),
        other.vmName(),
        other.place(),
        other.network(),
        new Replica.Sizing(Stream.of(vmSize).findFirst(), cores, memoryGib << 10, SMALL.diskType()),
        other.tags());
  }

  /** Looks until a view is as wanted. */
  CloudView until(Cloud with, Replica replica, Predicate<CloudView> wanted) {
    return await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> with.look(replica, DISKS), wanted);
  }

  /** Fails if a call is not refused for this reason, with this in its message. */
  static void refused(Reason reason, String remedy, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e).hasMessageContaining(remedy);
            });
  }

  /** The worst that a readiness check finds, in words. */
  String worst(Replica replica, int disks) {
    return cloud
        .check(replica, disks, Optional.empty())
        .worst()
        .map(c -> c.outcome() + " " + c.reason() + ": " + c.message())
        .orElse("none");
  }

  @Override
  public void close() throws IOException {
    site.close();
  }
}
