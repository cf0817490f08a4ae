package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Condition.EQ;
import static dev.lifeboat.agent.kernel.Assembler.Condition.NE;
import static dev.lifeboat.agent.kernel.Assembler.Condition.SET;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SHL;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SHR;
import static dev.lifeboat.agent.kernel.Assembler.Register.FP;
import static dev.lifeboat.agent.kernel.Assembler.Register.R0;
import static dev.lifeboat.agent.kernel.Assembler.Register.R1;
import static dev.lifeboat.agent.kernel.Assembler.Register.R2;
import static dev.lifeboat.agent.kernel.Assembler.Register.R3;
import static dev.lifeboat.agent.kernel.Assembler.Register.R6;
import static dev.lifeboat.agent.kernel.Assembler.Register.R7;
import static dev.lifeboat.agent.kernel.Assembler.Width.D;
import static dev.lifeboat.agent.kernel.Assembler.Width.W;

import dev.lifeboat.agent.kernel.Assembler;
import dev.lifeboat.agent.kernel.BpfMap;
import dev.lifeboat.agent.kernel.Helper;

/** Short-lived programs that find and prove {@link PageAddress}; each looks at one thread only. */
final class ProofPrograms {
  /** Bytes that are compared. */
  static final int NONCE = 512;

  private static final int PAIR = -16;
  private static final int VECTOR = -320;

  private ProofPrograms() {}

  private static void onlyOf(Assembler code, int thread) {
    code.mov(R6, R1).call(Helper.PID_TGID).alu(SHL, R0, 32).alu(SHR, R0, 32);
    code.mov(R1, thread).jump(NE, R0, R1, "out");
  }

  private static long[] end(Assembler code) {
    return code.label("out").mov(R0, 0).exit().build();
  }

  /** Two values of the kernel. */
  static long[] peek(BpfMap result, int thread, long first, long second) {
    Assembler code = new Assembler();
    onlyOf(code, thread);
    long[] addresses = {first, second};
    for (int i = 0; i < 2; i++) {
      code.value(R1, result).add(R1, 8 * i).mov(R2, 8).constant(R3, addresses[i]);
      code.call(Helper.PROBE_READ_KERNEL);
    }
    return end(code);
  }

  /** Both addresses of a buffer's page. */
  static long[] buffer(BpfMap result, KernelLayout.Buffer buffer, int thread) {
    Assembler code = new Assembler();
    onlyOf(code, thread);
    code.load(D, R6, R6, 0);
    ProgramParts.read(code, PAIR, 8, R6, buffer.page());
    code.jump(NE, R0, 0, "out");
    ProgramParts.read(code, PAIR + 8, 8, R6, buffer.data());
    code.jump(NE, R0, 0, "out").value(R1, result);
    code.load(D, R2, FP, PAIR).store(D, R1, 0, R2).load(D, R2, FP, PAIR + 8).store(D, R1, 8, R2);
    return end(code);
  }

  /** The first bytes of what the thread writes, read as {@link CopyProgram} reads them. */
  static long[] nonce(BpfMap result, KernelLayout layout, long base, int thread) {
    BioOnStack stack = new BioOnStack(layout.bio());
    Assembler code = new Assembler();
    onlyOf(code, thread);
    code.load(D, R6, R6, 8 * layout.bio().queueArgument());
    stack.read(code, R6);
    code.load(W, R7, FP, stack.flags()).jump(SET, R7, 1, "writes").jump("out").label("writes");
    code.load(W, R1, FP, stack.size()).jump(EQ, R1, 0, "out");
    code.load(W, R1, FP, stack.index()).alu(SHL, R1, 4).load(D, R3, FP, stack.vectors());
    code.add(R3, R1);
    ProgramParts.read(code, VECTOR, 16, R3, 0);
    code.jump(NE, R0, 0, "out");
    CopyProgram.pageAddress(code, layout, base, FP, VECTOR);
    code.load(W, R2, FP, VECTOR + 12).add(R1, R2).mov(R3, R1);
    code.value(R1, result).add(R1, 8).mov(R2, NONCE).call(Helper.PROBE_READ_KERNEL);
    code.value(R1, result).store(D, R1, 0, 1);
    return end(code);
  }
}
