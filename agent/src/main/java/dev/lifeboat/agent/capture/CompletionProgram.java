package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Condition.EQ;
import static dev.lifeboat.agent.kernel.Assembler.Condition.NE;
import static dev.lifeboat.agent.kernel.Assembler.Condition.SET;
import static dev.lifeboat.agent.kernel.Assembler.Operation.AND;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SHL;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SHR;
import static dev.lifeboat.agent.kernel.Assembler.Register.FP;
import static dev.lifeboat.agent.kernel.Assembler.Register.R0;
import static dev.lifeboat.agent.kernel.Assembler.Register.R1;
import static dev.lifeboat.agent.kernel.Assembler.Register.R2;
import static dev.lifeboat.agent.kernel.Assembler.Register.R3;
import static dev.lifeboat.agent.kernel.Assembler.Register.R6;
import static dev.lifeboat.agent.kernel.Assembler.Register.R7;
import static dev.lifeboat.agent.kernel.Assembler.Register.R8;
import static dev.lifeboat.agent.kernel.Assembler.Register.R9;
import static dev.lifeboat.agent.kernel.Assembler.Width.B;
import static dev.lifeboat.agent.kernel.Assembler.Width.D;
import static dev.lifeboat.agent.kernel.Assembler.Width.W;

import dev.lifeboat.agent.kernel.Assembler;

/**
 * Runs when a part of a request, or a bio that never became a request, is done: takes it off what
 * is in flight, and puts it into the dirty set where it failed, for the log has it as written.
 *
 * <p>R6 status, R7 flags, R8 bytes, R9 slot; the first sector and the disk's first granule are on
 * the stack.
 */
final class CompletionProgram {
  private static final int SECTOR = -24;
  private static final int BASE = -32;
  private static final int STRUCTURE = -32;

  private final KernelLayout layout;
  private final ProgramMaps maps;
  private final Assembler code = new Assembler();

  private CompletionProgram(KernelLayout layout, ProgramMaps maps) {
    this.layout = layout;
    this.maps = maps;
  }

  /** For block_rq_complete. */
  static long[] ofRequest(KernelLayout layout, ProgramMaps maps) {
    CompletionProgram program = new CompletionProgram(layout, maps);
    program.request();
    program.settle(1, Abi.MARK_REQUEST);
    return program.code.build();
  }

  /** For block_bio_complete. */
  static long[] ofBio(KernelLayout layout, ProgramMaps maps) {
    CompletionProgram program = new CompletionProgram(layout, maps);
    program.bio();
    program.settle(2, Abi.MARK_BIO);
    return program.code.build();
  }

  private void request() {
    KernelLayout.Request request = layout.request();
    int from = Math.min(request.holder(), Math.min(request.flags(), request.sector())) & ~7;
    int end =
        Math.max(request.holder() + 8, Math.max(request.flags() + 4, request.sector() + 8)) - from;
    int base = STRUCTURE - (end + 7) / 8 * 8;
    code.store(D, FP, ProgramParts.CONTEXT, R1);
    int argument = 8 * request.argument();
    code.load(D, R8, R1, argument + 16).alu(SHL, R8, 32).alu(SHR, R8, 32);
    code.jump(EQ, R8, 0, "out");
    code.load(D, R6, R1, argument + 8).alu(SHL, R6, 32).alu(SHR, R6, 32);
    code.load(D, R7, R1, argument);
    ProgramParts.read(code, base, end, R7, from);
    code.load(W, R7, FP, base + request.flags() - from).jump(SET, R7, 1, "writes").jump("out");
    code.label("writes").load(D, R1, FP, base + request.sector() - from);
    code.store(D, FP, SECTOR, R1).load(D, R3, FP, base + request.holder() - from);
    ProgramParts.disk(code, layout.disk(), maps, request.viaQueue(), request.diskOfQueue(), "out");
  }

  private void bio() {
    KernelLayout.Bio bio = layout.bio();
    BioOnStack stack = new BioOnStack(bio);
    code.store(D, FP, ProgramParts.CONTEXT, R1).load(D, R6, R1, 8 * bio.completeArgument());
    stack.read(code, R6);
    code.load(W, R7, FP, stack.flags()).jump(SET, R7, 1, "writes").jump("out");
    code.label("writes").load(W, R8, FP, stack.size()).jump(EQ, R8, 0, "out");
    code.load(B, R6, FP, stack.status());
    code.load(D, R3, FP, stack.device()).load(D, R1, FP, stack.sector());
    code.store(D, FP, SECTOR, R1);
    ProgramParts.disk(code, layout.disk(), maps, bio.viaDevice(), bio.diskOfDevice(), "out");
  }

  private void settle(int state, int mark) {
    code.load(W, R9, R0, Abi.T_SLOT).load(D, R1, R0, Abi.T_BASE).store(D, FP, BASE, R1);
    code.alu(AND, R7, 0xff).mov(R1, R9);
    ProgramParts.perDisk(code, maps);
    KernelLayout.Operations operations = layout.operations();
    code.jump(EQ, R7, operations.write(), "write");
    code.jump(EQ, R7, operations.writeZeroes(), "zeroes");
    if (operations.passthrough() >= 0) {
      code.jump(EQ, R7, operations.passthrough(), "unknown");
    }
    code.jump("status");
    code.label("zeroes").atomicAdd(D, R2, Abi.D_COMPLETED, R8).mov(R1, R8).negate(R1);
    code.atomicAdd(D, R2, Abi.D_ZEROES_IN_FLIGHT, R1).jump("status");
    code.label("write").atomicAdd(D, R2, Abi.D_COMPLETED, R8);
    code.load(D, R1, FP, SECTOR).mov(R2, R8).alu(SHR, R2, 9).add(R2, R1).mov(R3, R9);
    ProgramParts.flight(code, maps, false);
    code.label("status").jump(NE, R6, 0, "failed").jump("out");
    code.label("failed");
    ProgramParts.state(code, maps, state, "unknown");
    code.mov(R6, R0).load(D, R1, FP, SECTOR).mov(R2, R8).load(D, R3, FP, BASE);
    ProgramParts.granules(code, R6);
    code.store(W, R6, Abi.S_REASON, Abi.C_FAILED);
    ProgramParts.tailCall(code, maps, mark);
    code.label("unknown");
    ProgramParts.raiseAndExit(code, maps, Abi.C_UNKNOWN);
    code.label("out").mov(R0, 0).exit();
  }
}
