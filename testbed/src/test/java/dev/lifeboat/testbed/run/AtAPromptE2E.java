package dev.lifeboat.testbed.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code testbed/run} as a developer uses it: what it prints is typed as it stands. */
class AtAPromptE2E {
  private static final Path FOLDER = Path.of("/var/tmp/lifeboat-testbed");

  @AfterEach
  void end() throws IOException {
    run("down");
  }

  private static Command.Result run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProjectFolder.root().resolve("testbed/run").toString());
    command.addAll(List.of(arguments));
    return Command.attempt(command, Duration.ofMinutes(5));
  }

  @Test
  void partsComeUp_areUsedByTheLinesTheyPrint_andLeaveNothing() throws IOException {
    assertThat(run("status").exitCode()).isEqualTo(3);
    Command.Result up = run("up");
    assertThat(up.exitCode()).as(up.output()).isZero();
    assertThat(run("up").output()).contains("it is up already");
    List<String> printed = run("status").output().lines().toList();

    assertThat(typed(printed, "export KUBECONFIG", "get nodes")).containsPattern("node1 +Ready");
    assertThat(typed(printed, "source ", "token=", "/testbed/calls")).startsWith("{\"value\":[");
    assertThat(typed(printed, "# a shell as root", "uname -r", "findmnt -no FSTYPE /"))
        .contains("amd64", "ext4");

    Command.Result down = run("down");
    assertThat(down.exitCode()).as(down.output()).isZero();
    assertThat(FOLDER).doesNotExist();
    assertThat(Command.attempt(List.of("pgrep", "-f", FOLDER.toString()), Duration.ofSeconds(9)))
        .returns(1, Command.Result::exitCode);
    assertThat(run("status").exitCode()).isEqualTo(3);
  }

  @Test
  void unknownPart_isSaidInOneSentence_andNothingStays() throws IOException {
    Command.Result refused = run("up", "moon");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("There is no part 'moon': ");
    assertThat(run("status").exitCode()).isEqualTo(3);
  }

  /**
   * Types the printed lines that have one of the words in them, in a shell; a word that no line has
   * is typed itself, into the shell that the line before it opened.
   */
  private static String typed(List<String> printed, String... words) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String word : words) {
      String line =
          printed.stream().filter(one -> one.contains(word)).findFirst().orElse("").strip();
      if (line.isEmpty()) {
        lines.append(word).append('\n');
      } else if (line.endsWith("# a shell as root")) {
        lines.append(line.replaceFirst(" *#[^#]*$", " sh -s <<'END'")).append('\n');
      } else {
        lines.append(line).append('\n');
      }
    }
    if (lines.indexOf("<<'END'") >= 0) {
      lines.append("END\n");
    }
    Path script = Files.writeString(Files.createTempFile("typed", ".sh"), lines);
    try {
      Command.Result result =
          Command.attempt(List.of("bash", script.toString()), Duration.ofMinutes(2));
      assertThat(result.exitCode()).as("%s%n%s", lines, result.output()).isZero();
      return result.output();
    } finally {
      Files.delete(script);
    }
  }
}
