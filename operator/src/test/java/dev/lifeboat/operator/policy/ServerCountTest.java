package dev.lifeboat.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ProcessServersSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerCountTest {

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "100,1", "101,2", "400,4", "401,4"})
  void oneForEachHundred_withinBounds(int machines, int wanted) {
    assertThat(ServerCount.wanted(ProcessServersSpec.standard(), machines)).isEqualTo(wanted);
  }
}
