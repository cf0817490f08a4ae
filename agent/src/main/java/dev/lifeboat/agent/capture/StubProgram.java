package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Register.FP;
import static dev.lifeboat.agent.kernel.Assembler.Register.R1;

import dev.lifeboat.agent.kernel.Assembler;
import dev.lifeboat.agent.kernel.Assembler.Width;

/**
 * What is attached: it goes on in a slot of the program array, so that an upgrade swaps programs
 * without a moment in which no one looks. An empty slot is counted.
 */
final class StubProgram {
  private StubProgram() {}

  static long[] build(ProgramMaps maps, int program) {
    Assembler code = new Assembler();
    code.store(Width.D, FP, ProgramParts.CONTEXT, R1);
    ProgramParts.tailCall(code, maps, program);
    ProgramParts.raiseAndExit(code, maps, Abi.C_NO_PROGRAM);
    return code.build();
  }
}
