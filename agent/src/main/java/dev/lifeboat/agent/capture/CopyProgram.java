package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Condition.EQ;
import static dev.lifeboat.agent.kernel.Assembler.Condition.GE;
import static dev.lifeboat.agent.kernel.Assembler.Condition.LE;
import static dev.lifeboat.agent.kernel.Assembler.Condition.NE;
import static dev.lifeboat.agent.kernel.Assembler.Operation.AND;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SHL;
import static dev.lifeboat.agent.kernel.Assembler.Operation.SUB;
import static dev.lifeboat.agent.kernel.Assembler.Register.FP;
import static dev.lifeboat.agent.kernel.Assembler.Register.R0;
import static dev.lifeboat.agent.kernel.Assembler.Register.R1;
import static dev.lifeboat.agent.kernel.Assembler.Register.R2;
import static dev.lifeboat.agent.kernel.Assembler.Register.R3;
import static dev.lifeboat.agent.kernel.Assembler.Register.R7;
import static dev.lifeboat.agent.kernel.Assembler.Register.R8;
import static dev.lifeboat.agent.kernel.Assembler.Register.R9;
import static dev.lifeboat.agent.kernel.Assembler.Width.D;
import static dev.lifeboat.agent.kernel.Assembler.Width.W;

import dev.lifeboat.agent.kernel.Assembler;
import dev.lifeboat.agent.kernel.Assembler.Register;
import dev.lifeboat.agent.kernel.Helper;
import dev.lifeboat.wire.frame.RecordKind;

/**
 * Copies the payload of a bio into the ring, in pieces. All of its state is in memory and not in
 * registers, for the verifier would follow each value through each round; when its rounds are used
 * up it goes on in itself.
 */
final class CopyProgram {
  static final int NO_WAKEUP = 1;
  private static final int ROUNDS = 256;

  private CopyProgram() {}

  /**
   * Builds it.
   *
   * @param pageBase what turns the address of a struct page into that of its bytes
   */
  static long[] build(KernelLayout layout, ProgramMaps maps, long pageBase) {
    Assembler code = new Assembler();
    code.store(D, FP, ProgramParts.CONTEXT, R1);
    ProgramParts.state(code, maps, 0, "unknown");
    code.mov(R7, R0).mov(R8, 0);
    code.label("loop").jump(GE, R8, ROUNDS, "again").add(R8, 1);
    code.load(W, R1, R7, Abi.S_REMAINING).jump(EQ, R1, 0, "out");
    code.load(W, R1, R7, Abi.S_LEFT).jump(NE, R1, 0, "piece");
    vector(code, layout, pageBase);
    piece(code, maps);
    code.label("out").mov(R0, 0).exit();
    code.label("again");
    ProgramParts.tailCall(code, maps, Abi.COPY);
    ProgramParts.state(code, maps, 0, "unknown");
    code.store(W, R0, Abi.S_REASON, Abi.C_DEFERRED).jump("mark");
    code.label("full").store(W, R7, Abi.S_REASON, Abi.C_OVERFLOW).jump("mark");
    code.label("unread").store(W, R7, Abi.S_REASON, Abi.C_FAILED);
    code.label("mark");
    ProgramParts.tailCall(code, maps, Abi.MARK_QUEUE);
    code.label("unknown");
    ProgramParts.raiseAndExit(code, maps, Abi.C_UNKNOWN);
    return code.build();
  }

  /** The next bio_vec: from where, and how much. */
  private static void vector(Assembler code, KernelLayout layout, long pageBase) {
    code.mov(R1, R7).add(R1, Abi.S_VECTOR).mov(R2, 16).load(D, R3, R7, Abi.S_NEXT_VECTOR);
    code.call(Helper.PROBE_READ_KERNEL).jump(NE, R0, 0, "unread");
    code.load(D, R1, R7, Abi.S_NEXT_VECTOR).add(R1, 16).store(D, R7, Abi.S_NEXT_VECTOR, R1);
    pageAddress(code, layout, pageBase, R7, Abi.S_VECTOR);
    code.load(W, R2, R7, Abi.S_VECTOR + 12).add(R1, R2).load(W, R3, R7, Abi.S_SKIP);
    code.add(R1, R3).store(D, R7, Abi.S_ADDRESS, R1).store(W, R7, Abi.S_SKIP, 0);
    code.load(W, R2, R7, Abi.S_VECTOR + 8).alu(SUB, R2, R3).load(W, R1, R7, Abi.S_REMAINING);
    code.jump(LE, R2, R1, "fits").mov(R2, R1).label("fits");
    code.store(W, R7, Abi.S_LEFT, R2).jump(EQ, R2, 0, "loop");
  }

  /** {@code R1 = the address of the bytes} of the struct page whose address is in memory. */
  static void pageAddress(
      Assembler code, KernelLayout layout, long pageBase, Register at, int offset) {
    code.load(D, R1, at, offset);
    code.alu(SHL, R1, Integer.numberOfTrailingZeros(Abi.PIECE / layout.pageSize()));
    code.constant(R2, pageBase).add(R1, R2);
  }

  private static void piece(Assembler code, ProgramMaps maps) {
    code.label("piece").map(R1, maps.ring()).mov(R2, Abi.RECORD + Abi.PIECE).mov(R3, 0);
    code.call(Helper.RING_RESERVE).jump(EQ, R0, 0, "full").mov(R9, R0);
    code.store(W, R9, Abi.R_KIND, RecordKind.WRITE.id()).store(W, R9, Abi.R_ERROR, 0);
    common(code, R7, R9);
    code.load(W, R1, R7, Abi.S_SLOT).store(W, R9, Abi.R_SLOT, R1);
    code.load(W, R2, R7, Abi.S_LEFT).jump(LE, R2, Abi.PIECE, "short").mov(R2, Abi.PIECE);
    code.label("short").store(W, R9, Abi.R_LENGTH, R2);
    code.load(W, R2, R9, Abi.R_LENGTH).load(W, R1, R7, Abi.S_LEFT).alu(SUB, R1, R2);
    code.store(W, R7, Abi.S_LEFT, R1);
    code.load(W, R1, R7, Abi.S_REMAINING).alu(SUB, R1, R2).store(W, R7, Abi.S_REMAINING, R1);
    code.store(W, R9, Abi.R_LEFT, R1);
    code.load(W, R1, R7, Abi.S_DONE).store(W, R9, Abi.R_DONE, R1);
    code.add(R1, R2).store(W, R7, Abi.S_DONE, R1);
    code.load(D, R3, R7, Abi.S_ADDRESS).mov(R1, R3).add(R1, R2).store(D, R7, Abi.S_ADDRESS, R1);
    code.add(R2, -1).alu(AND, R2, Abi.PIECE - 1).add(R2, 1);
    code.mov(R1, R9).add(R1, Abi.RECORD).call(Helper.PROBE_READ_KERNEL);
    code.jump(NE, R0, 0, "broken");
    code.mov(R1, R9).mov(R2, NO_WAKEUP).call(Helper.RING_SUBMIT).jump("loop");
    code.label("broken").store(W, R9, Abi.R_ERROR, 1);
    code.mov(R1, R9).mov(R2, NO_WAKEUP).call(Helper.RING_SUBMIT).jump("unread");
  }

  /** Number, CPU, first sector and flags of the bio. */
  static void common(Assembler code, Register state, Register record) {
    code.load(D, R1, state, Abi.S_ID).store(D, record, Abi.R_ID, R1);
    code.load(W, R1, state, Abi.S_CPU).store(W, record, Abi.R_CPU, R1);
    code.load(D, R1, state, Abi.S_SECTOR).store(D, record, Abi.R_SECTOR, R1);
    code.load(W, R1, state, Abi.S_FLAGS).store(W, record, Abi.R_FLAGS, R1);
  }
}
