package dev.lifeboat.crds;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** How machines are replicated, and to where: a vault, process servers, a target in Azure. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("replicationpolicies")
@ShortNames("rpol")
@Categories("dr")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = Api.READY,
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = Api.READY_REASON,
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Machines",
    jsonPath = ".status.machines",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Servers",
    jsonPath = ".status.servers",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Interval",
    jsonPath = ".spec.crashConsistentIntervalSeconds",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = Api.CREATED,
    type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
    value = "self.metadata.name >= 'a' && !self.metadata.name.contains('.')",
    message =
        "the name of a policy must begin with a letter and have no dots: its Services are named"
            + " after it")
@ValidationRule(
    value = "self.metadata.name.size() <= " + ReplicationPolicy.NAME_LIMIT,
    message =
        "the name of a policy must not have more than "
            + ReplicationPolicy.NAME_LIMIT
            + " characters: its pods are named after it")
public final class ReplicationPolicy
    extends CustomResource<ReplicationPolicySpec, ReplicationPolicyStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;

  /**
   * Most characters of a name. Pods carry the StatefulSet's revision in a label of 63: the policy's
   * name, {@code -ps}, and {@code -} with a hash of up to ten.
   */
  public static final int NAME_LIMIT = 49;

  @Required
  @Override
  public ReplicationPolicySpec getSpec() {
    return super.getSpec();
  }
}
