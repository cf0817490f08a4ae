package dev.lifeboat.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample's spec is known to its type, to the last field, and survives a round trip. */
class SamplesTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final Map<String, Class<?>> SPECS =
      Map.of(
          "ReplicationPolicy", ReplicationPolicySpec.class,
          "ProtectedVM", ProtectedVMSpec.class,
          "RecoveryPlan", RecoveryPlanSpec.class,
          "RecoveryRun", RecoveryRunSpec.class);

  static List<Path> samples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../config/samples"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void specIsKnown(Path sample) throws IOException {
    int ours = 0;
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(sample.toFile())) {
      while (documents.hasNext()) {
        JsonNode document = documents.next();
        Class<?> type = SPECS.get(document.path("kind").asText());
        if (type == null) {
          assertThat(document.path("apiVersion").asText()).isEqualTo("v1");
          continue;
        }
        ours++;
        assertThat(document.path("apiVersion").asText()).isEqualTo(Api.GROUP + "/" + Api.VERSION);
        JsonNode spec = document.path("spec");
        JsonNode back = JSON.valueToTree(JSON.treeToValue(spec, type));
        assertThat(contains(back, spec)).as("%s as its type has it: %s", spec, back).isTrue();
      }
    }
    assertThat(ours).isPositive();
  }

  /** Whether all that {@code part} says stands in {@code whole} too; defaults may be added. */
  private static boolean contains(JsonNode whole, JsonNode part) {
    if (!part.isObject()) {
      return part.equals(whole) || (part.isArray() && arrays(whole, part));
    }
    return part.properties().stream()
        .allMatch(field ->
            whole.has(field.getKey()) && contains(whole.get(field.getKey()), field.getValue()));
  }

  private static boolean arrays(JsonNode whole, JsonNode part) {
    for (int i = 0; i < part.size(); i++) {
      if (!whole.has(i) || !contains(whole.get(i), part.get(i))) {
        return false;
      }
    }
    return whole.size() == part.size();
  }
}
