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

/** Machines that come up together, in order. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Plural("recoveryplans")
@ShortNames("rplan")
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
    name = "Members",
    jsonPath = ".status.members",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = Api.CREATED,
    type = AdditionalPrinterColumn.Type.DATE)
public final class RecoveryPlan extends CustomResource<RecoveryPlanSpec, RecoveryPlanStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Required
  @Override
  public RecoveryPlanSpec getSpec() {
    return super.getSpec();
  }
}
