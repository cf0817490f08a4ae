package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page for people, docs/operations/by-hand.md, does what it says. */
class ByHandE2E {

  @Test
  void pageRunsAsWritten() {
    Path demo = Path.of("").toAbsolutePath().resolveSibling("demo");
    Command.Result result = Command.attempt(demo.toString(), "--built");
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("before the flood", "demo: passed");
  }
}
