package dev.lifeboat.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The committed CRDs are those that the types give. {@code mvn test -pl crds
 * -Dlifeboat.writeManifests=true} writes them.
 */
class ManifestsTest {

  private static final Path GENERATED = Path.of("target/classes/META-INF/fabric8");
  private static final Path COMMITTED = Path.of("manifests");
  private static final YAMLMapper YAML = new YAMLMapper();

  @Test
  void committedManifestsAreTheGeneratedOnes() throws IOException {
    Map<String, String> generated = read(GENERATED, "-v1.yml");
    if (Boolean.getBoolean("lifeboat.writeManifests")) {
      for (var manifest : generated.entrySet()) {
        Files.writeString(COMMITTED.resolve(manifest.getKey() + ".yaml"), manifest.getValue());
      }
    }
    assertThat(generated).hasSize(4);
    assertThat(read(COMMITTED, ".yaml")).isEqualTo(generated);
  }

  /** A rule sees the object's name only where it stands at the root of the schema. */
  @ParameterizedTest
  @ValueSource(strings = {"replicationpolicies", "protectedvms"})
  void nameIsCheckedAtTheRoot(String plural) throws IOException {
    JsonNode crd = YAML.readTree(GENERATED.resolve(plural + ".dr.lifeboat.dev-v1.yml").toFile());
    JsonNode rules =
        crd.at("/spec/versions/0/schema/openAPIV3Schema").path("x-kubernetes-validations");
    assertThat(rules)
        .isNotEmpty()
        .allSatisfy(
            rule -> assertThat(rule.path("rule").asText()).startsWith("self.metadata.name"));
  }

  private static Map<String, String> read(Path directory, String ending) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ending)).toList()) {
        String name = file.getFileName().toString();
        found.put(name.substring(0, name.length() - ending.length()), Files.readString(file));
      }
    }
    return found;
  }
}
