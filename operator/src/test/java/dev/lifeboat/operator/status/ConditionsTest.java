package dev.lifeboat.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {

  /** As the schema of a condition has it. */
  private static final int LONGEST = 2048;

  @Test
  void messageThatTheSchemaWouldRefuse_isCut() {
    Conditions conditions =
        new Conditions(List.of(), List.of("Ready"), 1, Clock.systemUTC())
            .no("Ready", "Refused", "x".repeat(LONGEST + 1));
    assertThat(conditions.list().getFirst().message()).isEqualTo("x".repeat(LONGEST));
  }
}
