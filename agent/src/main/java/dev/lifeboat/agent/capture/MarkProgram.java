package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Condition.EQ;
import static dev.lifeboat.agent.kernel.Assembler.Condition.GE;
import static dev.lifeboat.agent.kernel.Assembler.Condition.GT;
import static dev.lifeboat.agent.kernel.Assembler.Condition.LT;
import static dev.lifeboat.agent.kernel.Assembler.Condition.NE;
import static dev.lifeboat.agent.kernel.Assembler.Operation.AND;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SHL;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SHR;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SUB;
import static dev.lifeboat.agent.kernel.Assembler.Register.FP;
import static dev.lifeboat.agent.kernel.Assembler.Register.R0;
import static dev.lifeboat.agent.kernel.Assembler.Register.R1;
import static dev.lifeboat.agent.kernel.Assembler.Register.R2;
import static dev.lifeboat.agent.kernel.Assembler.Register.R3;
import static dev.lifeboat.agent.kernel.Assembler.Register.R6;
import static dev.lifeboat.agent.kernel.Assembler.Register.R7;
import static dev.lifeboat.agent.kernel.Assembler.Register.R8;
import static dev.lifeboat.agent.kernel.Assembler.Width.B;
import static dev.lifeboat.agent.kernel.Assembler.Width.D;
import static dev.lifeboat.agent.kernel.Assembler.Width.W;

import dev.lifeboat.agent.kernel.Assembler;
import dev.lifeboat.agent.kernel.Helper;

/**
 * Puts a range into the dirty set and then raises the counter of the reason: before the write is
 * dispatched, or before its failure is told. Runs by tail call, and goes on in itself for ranges of
 * up to 4 GiB.
 */
final class MarkProgram {
  private static final int STEPS = 512;

  private MarkProgram() {}

  /**
   * Builds it.
   *
   * @param state whose range: 0 queue, 1 request, 2 bio
   * @param self where this program stands in the array
   */
  static long[] build(ProgramMaps maps, int state, int self) {
    Assembler code = new Assembler();
    code.store(D, FP, ProgramParts.CONTEXT, R1);
    ProgramParts.state(code, maps, state, "out");
    code.mov(R6, R0).mov(R8, 0);
    code.label("loop").jump(GE, R8, STEPS, "again").add(R8, 1);
    code.load(D, R7, R6, Abi.S_GRANULE).load(D, R1, R6, Abi.S_LAST_GRANULE);
    code.jump(GT, R7, R1, "marked");
    code.mov(R1, R7).alu(SHR, R1, Abi.PAGE_SHIFT).store(W, FP, ProgramParts.SCRATCH, R1);
    code.map(R1, maps.dirty()).mov(R2, FP).add(R2, ProgramParts.SCRATCH);
    code.call(Helper.MAP_LOOKUP).jump(EQ, R0, 0, "unknown");
    code.mov(R1, R7).alu(AND, R1, 7).jump(NE, R1, 0, "single");
    code.load(D, R1, R6, Abi.S_LAST_GRANULE).alu(SUB, R1, R7).jump(LT, R1, 7, "single");
    code.mov(R1, R7).alu(AND, R1, 0xff8).add(R0, R1).constant(R1, 0x0101010101010101L);
    code.store(D, R0, 0, R1).add(R7, 8).store(D, R6, Abi.S_GRANULE, R7).jump("loop");
    code.label("single").mov(R1, R7).alu(AND, R1, 0xfff).add(R0, R1).store(B, R0, 0, 1);
    code.add(R7, 1).store(D, R6, Abi.S_GRANULE, R7).jump("loop");

    code.label("marked").load(W, R3, R6, Abi.S_REASON).alu(AND, R3, 0x18);
    code.value(R1, maps.counters()).add(R1, R3).mov(R2, 1).atomicAdd(D, R1, 0, R2);
    if (state == 0) {
      code.load(W, R2, R6, Abi.S_CPU).alu(AND, R2, maps.processors() - 1).alu(SHL, R2, 3);
      code.value(R1, maps.lost()).add(R1, R2).load(D, R2, R6, Abi.S_ID).store(D, R1, 0, R2);
    }
    code.label("out").mov(R0, 0).exit();
    code.label("again");
    ProgramParts.tailCall(code, maps, self);
    code.label("unknown");
    ProgramParts.raiseAndExit(code, maps, Abi.C_UNKNOWN);
    return code.build();
  }
}
