package dev.lifeboat.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Bytes that must not change, as hex text in {@code src/test/resources/golden}. A file that is
 * missing is written when the tests run with {@code -Dgolden.write=true}; then it fails no test.
 */
public final class Golden {
  private Golden() {}

  /** Compares bytes with the golden file of that name. */
  public static void check(String name, byte[] bytes) {
    if (Boolean.getBoolean("golden.write")) {
      write(name, bytes);
    }
    assertThat(HexFormat.of().formatHex(bytes)).as("golden file " + name).isEqualTo(text(name));
  }

  /** The bytes of a golden file. */
  public static byte[] read(String name) {
    return HexFormat.of().parseHex(text(name));
  }

  private static String text(String name) {
    try (InputStream file = Golden.class.getResourceAsStream("/golden/" + name + ".hex")) {
      assertThat(file).as("golden file " + name).isNotNull();
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(String name, byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes).replaceAll("(.{96})", "$1\n").strip() + "\n";
    try {
      for (String folder :
          new String[] {"src/test/resources/golden", "target/test-classes/golden"}) {
        Files.createDirectories(Path.of(folder));
        Files.writeString(Path.of(folder, name + ".hex"), hex);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
