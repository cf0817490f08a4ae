package dev.lifeboat.crds;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
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
public final class ReplicationPolicy
    extends CustomResource<ReplicationPolicySpec, ReplicationPolicyStatus> implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Required
  @Override
  public ReplicationPolicySpec getSpec() {
    return super.getSpec();
  }
}
