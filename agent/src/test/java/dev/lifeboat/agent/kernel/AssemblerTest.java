package dev.lifeboat.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.agent.kernel.Assembler.Condition;
import dev.lifeboat.agent.kernel.Assembler.Operation;
import dev.lifeboat.agent.kernel.Assembler.Register;
import dev.lifeboat.agent.kernel.Assembler.Width;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Encodings as in the kernel's documentation of the instruction set, byte by byte. */
class AssemblerTest {
  private static String[] hex(Assembler code) {
    return Arrays.stream(code.build())
        .map(Long::reverseBytes)
        .mapToObj(word -> HexFormat.of().toHexDigits(word))
        .toArray(String[]::new);
  }

  @Test
  void encodesArithmetic() {
    Assembler code =
        new Assembler()
            .mov(Register.R1, Register.R2)
            .mov(Register.R0, -1)
            .add(Register.R3, 16)
            .add(Register.R3, Register.R4)
            .alu(Operation.SUB, Register.R5, Register.R6)
            .alu(Operation.OR, Register.R7, 511)
            .alu(Operation.AND, Register.R8, 255)
            .alu(Operation.SHL, Register.R9, 3)
            .alu(Operation.SHR, Register.FP, 9)
            .negate(Register.R2);
    assertThat(hex(code))
        .containsExactly(
            "bf21000000000000",
            "b7000000ffffffff",
            "0703000010000000",
            "0f43000000000000",
            "1f65000000000000",
            "47070000ff010000",
            "57080000ff000000",
            "6709000003000000",
            "770a000009000000",
            "8702000000000000");
  }

  @Test
  void encodesMemory() {
    Assembler code =
        new Assembler()
            .load(Width.D, Register.R1, Register.FP, -8)
            .load(Width.B, Register.R2, Register.R3, 4)
            .store(Width.W, Register.FP, -16, Register.R7)
            .store(Width.H, Register.R0, 2, 7)
            .store(Width.D, Register.R0, 8, 1)
            .atomicAdd(Width.D, Register.R1, 24, Register.R2)
            .atomicAdd(Width.W, Register.R1, 0, Register.R4)
            .constant(Register.R1, 0x1122334455667788L);
    assertThat(hex(code))
        .containsExactly(
            "79a1f8ff00000000",
            "7132040000000000",
            "637af0ff00000000",
            "6a00020007000000",
            "7a00080001000000",
            "db21180000000000",
            "c341000000000000",
            "1801000088776655",
            "0000000044332211");
    assertThatThrownBy(() -> code.atomicAdd(Width.B, Register.R1, 0, Register.R2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> code.load(Width.B, Register.R1, Register.R2, 40000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resolvesJumpsForwardsAndBackwards() {
    Assembler code =
        new Assembler()
            .label("again")
            .jump(Condition.EQ, Register.R1, 5, "end")
            .jump(Condition.LE, Register.R2, Register.R3, "again")
            .jump("again")
            .label("end")
            .call(Helper.TAIL_CALL)
            .exit();
    assertThat(hex(code))
        .containsExactly(
            "1501020005000000",
            "bd32feff00000000",
            "0500fdff00000000",
            "850000000c000000",
            "9500000000000000");
  }

  @Test
  void refusesJumpsThatDoNotArrive() {
    assertThatThrownBy(() -> new Assembler().jump("nowhere").build())
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> new Assembler().jump("end").label("end").build())
        .hasMessageContaining("end");
    assertThatThrownBy(() -> new Assembler().label("twice").exit().label("twice"))
        .hasMessageContaining("twice");
    Assembler far = new Assembler().jump("far");
    for (int i = 0; i < 40000; i++) {
      far.mov(Register.R0, 0);
    }
    assertThatThrownBy(() -> far.label("far").exit().build()).hasMessageContaining("too far");
  }
}
