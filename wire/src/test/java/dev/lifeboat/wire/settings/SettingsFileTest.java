package dev.lifeboat.wire.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFileTest {
  private static final String NEEDLE = "hunter2-must-not-be-seen";

  @TempDir Path folder;

  private SettingsFile open(String yaml) throws IOException, SettingsException {
    return SettingsFile.open(Files.writeString(folder.resolve("c.yaml"), yaml));
  }

  private void assertRefused(String yaml, String... problems) {
    assertThatThrownBy(() -> open(yaml).check())
        .isInstanceOf(SettingsException.class)
        .hasMessage(folder.resolve("c.yaml") + ":\n  " + String.join("\n  ", problems));
  }

  /** Asks for one key of each kind. */
  private static void ask(Section top) {
    top.required("text");
    top.path("path");
    top.integer("number", 1, 1, 9);
    top.bytes("size", 1 << 20, 1 << 20, 1 << 30);
    top.time("time", Duration.ofSeconds(1), Duration.ofSeconds(1));
    top.texts("list");
    top.sections("maps").forEach(Section::end);
    top.section("map").end();
  }

  @Test
  void readsValuesOfEachKind() throws Exception {
    SettingsFile file =
        open(
            """
            text: " a b "
            path: ../x/./y
            number: 7
            size: 3 MiB
            time: 90s
            list: [1, two]
            map: {inner: word}
            maps: [{n: 1}, {n: 2}]
            """);
    Section top = file.top();
    assertThat(top.required("text")).isEqualTo("a b");
    assertThat(top.path("path")).isEqualTo(folder.resolveSibling("x/y"));
    assertThat(top.integer("number", 1, 1, 9)).isEqualTo(7);
    assertThat(top.bytes("size", 0, 0, 1 << 30)).isEqualTo(3 << 20);
    assertThat(top.time("time", Duration.ZERO, Duration.ZERO)).isEqualTo(Duration.ofSeconds(90));
    assertThat(top.texts("list")).containsExactly("1", "two");
    assertThat(top.section("map").text("inner", "")).isEqualTo("word");
    assertThat(top.sections("maps"))
        .extracting(map -> map.integer("n", 0, 0, 9))
        .containsExactly(1, 2);
    assertThat(top.has("text")).isTrue();
    assertThat(top.has("other")).isFalse();
    file.check();
  }

  @Test
  void saysEveryProblemOnceAndNeverAValue() throws Exception {
    SettingsFile file =
        open(
            """
            text: {password: N}
            path: "N\\0"
            number: N
            size: N
            time: N
            list: {a: N}
            maps: [{secret: N}, N]
            map: N
            key: N
            """
                .replace("N", NEEDLE));
    ask(file.top());
    ask(file.top());
    assertThatThrownBy(file::check)
        .isInstanceOf(SettingsException.class)
        .hasMessageNotContaining(NEEDLE)
        .hasMessage(
            folder.resolve("c.yaml")
                + """
                :
                  text must be a single value
                  text is missing
                  path must be a path
                  number must be a number
                  size must be a size such as 64MiB
                  time must be a time such as 500ms, 30s or 2m
                  list must be a list
                  maps[1] must hold keys and values
                  maps[0].secret is not known; known here:\s
                  map must hold keys and values
                  key is not known; known here: list, map, maps, number, path, size, text, time\
                """);
  }

  @Test
  void saysTheBounds() throws Exception {
    SettingsFile file = open("number: 10\nsize: 2GiB\ntime: 1ms\n");
    ask(file.top());
    assertThatThrownBy(file::check)
        .hasMessageContaining("number must be between 1 and 9")
        .hasMessageContaining("size must be between 1MiB and 1024MiB")
        .hasMessageContaining("time must be 1000ms at least");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: [1", "a: 1\n\tb: 2", "a: \"open", "a: 1\na: 2", "a: &b *c"})
  void brokenYamlIsSaidByItsLineWithoutItsContent(String yaml) {
    assertThatThrownBy(() -> open("# " + NEEDLE + "\n" + yaml + "\n#" + NEEDLE).check())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("is not valid YAML")
        .hasMessageNotContaining(NEEDLE);
  }

  @Test
  void hostileFilesAreRefused() throws Exception {
    assertRefused("- a\n- b\n", "the file must hold keys and values");
    assertRefused("just text", "the file must hold keys and values");
    assertRefused("a: " + "[".repeat(100_000), "is not valid YAML");
    assertRefused("#" + "x".repeat(1 << 20), "is larger than a configuration ever is");
    Path binary = Files.write(folder.resolve("b"), new byte[] {'a', ':', ' ', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> SettingsFile.open(binary))
        .isInstanceOf(SettingsException.class)
        .hasMessage(binary + ":\n  is not UTF-8 text");
    assertThatThrownBy(() -> SettingsFile.open(folder))
        .isInstanceOf(SettingsException.class)
        .hasMessage(folder + ":\n  is not a file; name the configuration file by --config");
    assertThatThrownBy(() -> SettingsFile.open(folder.resolve("none")))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            folder.resolve("none")
                + ":\n  does not exist; name the configuration file by --config");
  }

  @Test
  void anEmptyFileHasNothingUnknown() throws Exception {
    open("").check();
    SettingsFile file = open("# nothing\n");
    file.top().required("text");
    assertThatThrownBy(file::check).hasMessageEndingWith("\n  text is missing");
  }

  @Test
  void unicodeIsTakenAsItIs() throws Exception {
    Files.write(folder.resolve("u"), "text: Größe ☂\n".getBytes(StandardCharsets.UTF_8));
    assertThat(SettingsFile.open(folder.resolve("u")).top().required("text")).isEqualTo("Größe ☂");
  }
}
