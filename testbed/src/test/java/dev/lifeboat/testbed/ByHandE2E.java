package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page for people, docs/operations/by-hand.md, does what it says. */
class ByHandE2E {

  @Test
  void pageRunsAsWritten() {
    Path script = Path.of("").toAbsolutePath().resolve("by-hand");
    Command.Result result = Command.attempt(script.toString(), "--built");
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("before the flood", "by-hand: passed");
  }
}
