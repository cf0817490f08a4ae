package dev.lifeboat.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The committed CRDs are those that the types give. {@code mvn test -pl crds
 * -Dlifeboat.writeManifests=true} writes them.
 */
class ManifestsTest {

  private static final Path GENERATED = Path.of("target/classes/META-INF/fabric8");
  private static final Path COMMITTED = Path.of("manifests");

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
