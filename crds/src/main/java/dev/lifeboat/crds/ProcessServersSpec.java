package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The pods that machines stream to. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(value = "self.min <= self.max", message = "min must not be above max")
@ValidationRule(
    value = "self.serviceType != 'NodePort' || has(self.advertisedHost)",
    message = "NodePort needs advertisedHost: the name or address under which agents reach a node")
@ValidationRule(
    value = "!has(self.nodePortBase) || self.nodePortBase + self.max - 1 <= 32767",
    message =
        "nodePortBase must leave a port to each of max servers, of which 32767 is the last: lower"
            + " nodePortBase or max")
public record ProcessServersSpec(
    @Default("1") @Min(1) @Max(16) @JsonPropertyDescription("Process servers that run at least.")
        Integer min,
    @Default("4") @Min(1) @Max(16) @JsonPropertyDescription("Process servers that run at most.")
        Integer max,
    @Default("100")
        @Min(1)
        @Max(500)
        @JsonPropertyDescription("Machines that one process server is to serve.")
        Integer machinesPerServer,
    @Default(ProcessServersSpec.CACHE_SIZE)
        @Pattern("^[1-9][0-9]{0,5}(Mi|Gi|Ti)$")
        @Size(max = 8)
        @JsonPropertyDescription("Size of each server's cache volume; immutable.")
        String cacheSize,
    @Pattern(Api.NAME)
        @Size(max = 253)
        @JsonPropertyDescription(
            "Storage class of the cache volumes, immutable; left out: the default class.")
        String storageClassName,
    @Default("LoadBalancer")
        @JsonPropertyDescription("How agents reach a server: each has a Service of its own.")
        ServiceType serviceType,
    @Size(max = 253)
        @JsonPropertyDescription(
            "Name or address that agents are told with NodePort; with LoadBalancer it is read from"
                + " the Service.")
        String advertisedHost,
    @Min(30000)
        @Max(32767)
        @JsonPropertyDescription(
            "With NodePort: the first server's port, the others follow; left out: Kubernetes"
                + " chooses.")
        Integer nodePortBase) {

  static final String CACHE_SIZE = "20Gi";

  /** The types of a process server's Service. */
  public enum ServiceType {
    ClusterIP,
    NodePort,
    LoadBalancer
  }

  public ProcessServersSpec {
    min = min == null ? 1 : min;
    max = max == null ? 4 : max;
    machinesPerServer = machinesPerServer == null ? 100 : machinesPerServer;
    cacheSize = cacheSize == null ? CACHE_SIZE : cacheSize;
    serviceType = serviceType == null ? ServiceType.LoadBalancer : serviceType;
  }

  /** What holds where a policy says nothing. */
  public static ProcessServersSpec standard() {
    return new ProcessServersSpec(null, null, null, null, null, null, null, null);
  }
}
