package dev.lifeboat.crds;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One machine that is replicated. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("ProtectedVM")
@Plural("protectedvms")
@ShortNames("pvm")
@Categories("dr")
@AdditionalPrinterColumn(
    name = "Policy",
    jsonPath = ".spec.policy",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "State",
    jsonPath = ".status.protectionState",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Health",
    jsonPath = ".status.replicationHealth",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = Api.READY,
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "RPO",
    jsonPath = ".status.lastRecoveryPointTime",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "Active",
    jsonPath = ".status.activeLocation",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Test",
    jsonPath = ".status.testFailoverState",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Machine",
    jsonPath = ".status.machineUid",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = Api.CREATED,
    type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
    value = "self.metadata.name.size() <= 63",
    message =
        "the name of a ProtectedVM must not have more than 63 characters: its Secret carries it as"
            + " a label")
public final class ProtectedVM extends CustomResource<ProtectedVMSpec, ProtectedVMStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Required
  @Override
  public ProtectedVMSpec getSpec() {
    return super.getSpec();
  }
}
