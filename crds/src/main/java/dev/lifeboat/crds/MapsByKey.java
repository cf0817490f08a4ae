package dev.lifeboat.crds;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/**
 * Makes lists maps by one key of their items ({@code list=key list=key}), so that two writers of
 * one list do not replace each other's items. Used while CRDs are generated only.
 */
public final class MapsByKey implements SchemaCustomizer.Customizer {

  @Override
  public JSONSchemaProps apply(
      JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
    for (String pair : input.split(" ", -1)) {
      int equals = pair.indexOf('=');
      JSONSchemaProps list = schema.getProperties().get(pair.substring(0, equals));
      list.setXKubernetesListType("map");
      list.setXKubernetesListMapKeys(List.of(pair.substring(equals + 1)));
    }
    return schema;
  }
}
