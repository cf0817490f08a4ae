package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ProcessServersSpec;
import dev.lifeboat.crds.ReplicationPolicy;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Optional;

/** Where agents reach a server, by its Service. Pure. */
final class ServerAddresses {

  private ServerAddresses() {}

  /** host:port; empty while the cluster has given none. */
  static Optional<String> of(ReplicationPolicy policy, Service service) {
    ProcessServersSpec spec = policy.getSpec().processServers();
    return switch (spec.serviceType()) {
      case NodePort ->
          Optional.ofNullable(service.getSpec().getPorts().getFirst().getNodePort())
              .map(port -> spec.advertisedHost() + ":" + port);
      case ClusterIP ->
          Optional.ofNullable(service.getSpec().getClusterIP())
              .map(ip -> ip + ":" + ServerNames.STREAM_PORT);
      case LoadBalancer -> ingress(service).map(host -> host + ":" + ServerNames.STREAM_PORT);
    };
  }

  private static Optional<String> ingress(Service service) {
    List<LoadBalancerIngress> found =
        service.getStatus() == null || service.getStatus().getLoadBalancer() == null
            ? List.of()
            : service.getStatus().getLoadBalancer().getIngress();
    return found.stream()
        .findFirst()
        .map(one -> one.getHostname() == null ? one.getIp() : one.getHostname());
  }
}
