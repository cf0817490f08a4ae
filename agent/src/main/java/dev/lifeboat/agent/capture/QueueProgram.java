package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Condition.EQ;
import static dev.lifeboat.agent.kernel.Assembler.Condition.GT;
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
import static dev.lifeboat.agent.kernel.Assembler.Width.D;
import static dev.lifeboat.agent.kernel.Assembler.Width.W;

import dev.lifeboat.agent.kernel.Assembler;
import dev.lifeboat.agent.kernel.Helper;
import dev.lifeboat.wire.frame.RecordKind;

/**
 * Runs for each bio before it is dispatched: tells whether it writes to a captured disk, counts it,
 * and either hands it to {@link CopyProgram} or leaves a record of its range.
 *
 * <p>R6 state, R7 flags, R8 bytes, R9 slot.
 */
final class QueueProgram {
  private static final int OPERATION = 0xff;

  private final KernelLayout.Bio bio;
  private final KernelLayout.Operations operations;
  private final KernelLayout layout;
  private final ProgramMaps maps;
  private final Assembler code = new Assembler();
  private final BioOnStack stack;

  private QueueProgram(KernelLayout layout, ProgramMaps maps) {
    this.layout = layout;
    this.bio = layout.bio();
    this.operations = layout.operations();
    this.maps = maps;
    this.stack = new BioOnStack(bio);
  }

  static long[] build(KernelLayout layout, ProgramMaps maps) {
    QueueProgram program = new QueueProgram(layout, maps);
    program.recognise();
    program.remember();
    program.dispatch();
    program.write();
    program.withoutPayload();
    program.end();
    return program.code.build();
  }

  private void recognise() {
    code.store(D, FP, ProgramParts.CONTEXT, R1).load(D, R6, R1, 8 * bio.queueArgument());
    stack.read(code, R6);
    code.load(W, R7, FP, stack.flags()).jump(SET, R7, 1, "writes").jump("out");
    code.label("writes").load(W, R8, FP, stack.size()).jump(EQ, R8, 0, "out");
    code.load(D, R3, FP, stack.device());
    ProgramParts.disk(code, layout.disk(), maps, bio.viaDevice(), bio.diskOfDevice(), "out");
    code.load(W, R9, R0, Abi.T_SLOT).load(D, R1, R0, Abi.T_BASE);
    code.store(D, FP, stack.free(), R1);
  }

  /** Into the state: what the other programs need, and the bio's number. */
  private void remember() {
    ProgramParts.state(code, maps, 0, "lost");
    code.mov(R6, R0).store(W, R6, Abi.S_FLAGS, R7).store(W, R6, Abi.S_SLOT, R9);
    code.load(D, R1, FP, stack.sector()).store(D, R6, Abi.S_SECTOR, R1);
    code.mov(R2, R8).load(D, R3, FP, stack.free());
    ProgramParts.granules(code, R6);
    code.load(D, R1, R6, Abi.S_ID).add(R1, 1).store(D, R6, Abi.S_ID, R1);
    code.call(Helper.PROCESSOR).store(W, R6, Abi.S_CPU, R0);
  }

  private void dispatch() {
    code.mov(R3, R7).alu(AND, R3, OPERATION).mov(R1, R9);
    ProgramParts.perDisk(code, maps);
    jumpIf(operations.discard(), "discard");
    code.atomicAdd(D, R2, Abi.D_WRITTEN, R8);
    jumpIf(operations.write(), "write");
    jumpIf(operations.writeZeroes(), "zeroes");
    jumpIf(operations.secureErase(), "unmap");
    code.jump("lost");
  }

  private void jumpIf(int operation, String label) {
    if (operation >= 0) {
      code.jump(EQ, R3, operation, label);
    }
  }

  private void write() {
    code.label("write").load(D, R1, R6, Abi.S_SECTOR);
    code.mov(R2, R8).alu(SHR, R2, 9).add(R2, R1).mov(R3, R9);
    ProgramParts.flight(code, maps, true);
    if (operations.swapBit() >= 0) {
      code.constant(R1, 1L << operations.swapBit());
      code.alu(AND, R1, R7).jump(NE, R1, 0, "swap");
    }
    code.value(R1, maps.own()).load(W, R1, R1, 0).jump(EQ, R1, 0, "copy");
    // A file system may have to write of its own accord within our write: that is content.
    code.constant(R1, operations.metadata()).alu(AND, R1, R7).jump(NE, R1, 0, "copy");
    code.call(Helper.PID_TGID).value(R1, maps.own()).load(W, R1, R1, 0);
    code.alu(SHL, R0, 32).alu(SHR, R0, 32);
    code.jump(EQ, R0, R1, "self");
    code.label("copy").jump(GT, R8, Abi.LARGEST_COPY, "deferred");
    if (bio.encryption() >= 0) {
      code.load(D, R1, FP, stack.encryption()).jump(NE, R1, 0, "deferred");
    }
    code.store(W, R6, Abi.S_REMAINING, R8).store(W, R6, Abi.S_LEFT, 0).store(W, R6, Abi.S_DONE, 0);
    code.load(W, R1, FP, stack.bytesDone()).store(W, R6, Abi.S_SKIP, R1);
    code.load(W, R1, FP, stack.index()).alu(SHL, R1, 4).load(D, R2, FP, stack.vectors());
    code.add(R2, R1).store(D, R6, Abi.S_NEXT_VECTOR, R2);
    ProgramParts.tailCall(code, maps, Abi.COPY);
    code.jump("lost");
    code.label("swap").mov(R1, R9);
    ProgramParts.perDisk(code, maps);
    code.atomicAdd(D, R2, Abi.D_SWAP, R8).jump("out");
  }

  private void withoutPayload() {
    code.label("self").mov(R1, R9);
    ProgramParts.perDisk(code, maps);
    code.atomicAdd(D, R2, Abi.D_SELF, R8);
    code.mov(R7, RecordKind.SELF.id()).jump("record");
    code.label("deferred").mov(R7, RecordKind.DEFERRED.id()).jump("record");
    code.label("discard").atomicAdd(D, R2, Abi.D_DISCARDED, R8);
    code.label("unmap").mov(R7, RecordKind.UNMAP.id()).jump("record");
    code.label("zeroes").atomicAdd(D, R2, Abi.D_ZEROES_IN_FLIGHT, R8);
    code.mov(R7, RecordKind.ZERO.id());
    code.label("record").map(R1, maps.ring()).mov(R2, Abi.RECORD).mov(R3, 0);
    code.call(Helper.RING_RESERVE).jump(EQ, R0, 0, "full");
    code.store(W, R0, Abi.R_KIND, R7).store(W, R0, Abi.R_LENGTH, R8).store(W, R0, Abi.R_SLOT, R9);
    CopyProgram.common(code, R6, R0);
    code.store(W, R0, Abi.R_LEFT, 0).store(W, R0, Abi.R_DONE, 0).store(W, R0, Abi.R_ERROR, 0);
    code.mov(R1, R0).mov(R2, CopyProgram.NO_WAKEUP).call(Helper.RING_SUBMIT);
    code.jump(NE, R7, RecordKind.DEFERRED.id(), "out");
    code.store(W, R6, Abi.S_REASON, Abi.C_DEFERRED).jump("mark");
  }

  private void end() {
    code.label("full").store(W, R6, Abi.S_REASON, Abi.C_OVERFLOW);
    code.label("mark");
    ProgramParts.tailCall(code, maps, Abi.MARK_QUEUE);
    code.label("lost");
    ProgramParts.raiseAndExit(code, maps, Abi.C_UNKNOWN);
    code.label("out").mov(R0, 0).exit();
  }
}
