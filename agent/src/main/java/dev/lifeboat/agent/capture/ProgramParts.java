package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Condition.EQ;
import static dev.lifeboat.agent.kernel.Assembler.Condition.GE;
import static dev.lifeboat.agent.kernel.Assembler.Condition.GT;
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
import static dev.lifeboat.agent.kernel.Assembler.Register.R4;
import static dev.lifeboat.agent.kernel.Assembler.Register.R5;
import static dev.lifeboat.agent.kernel.Assembler.Width.D;
import static dev.lifeboat.agent.kernel.Assembler.Width.W;

import dev.lifeboat.agent.kernel.Assembler;
import dev.lifeboat.agent.kernel.Assembler.Register;
import dev.lifeboat.agent.kernel.Helper;

/** What several programs do. Registers 0 to 5 are lost in each. */
final class ProgramParts {
  /** Stack of all programs: pointers and keys, then what was read of a structure. */
  static final int SCRATCH = -16;

  static final int CONTEXT = -8;

  private ProgramParts() {}

  /** Reads kernel memory to the stack; R0 is 0 where it worked. */
  static void read(Assembler code, int stack, int size, Register source, int offset) {
    code.mov(R3, source);
    if (offset != 0) {
      code.add(R3, offset);
    }
    code.mov(R1, FP).add(R1, stack).mov(R2, size).call(Helper.PROBE_READ_KERNEL);
  }

  /** Looks up the map entry of a 4-byte index; ends at {@code missing} where there is none. */
  static void state(Assembler code, ProgramMaps maps, int index, String missing) {
    code.store(W, FP, SCRATCH, index).map(R1, maps.states());
    code.mov(R2, FP).add(R2, SCRATCH).call(Helper.MAP_LOOKUP).jump(EQ, R0, 0, missing);
  }

  /**
   * From the address of a device or queue in R3 to the disk's entry in R0; ends at {@code missing}
   * where the disk is not captured.
   */
  static void disk(
      Assembler code,
      KernelLayout.Disk disk,
      ProgramMaps maps,
      boolean indirect,
      int offset,
      String missing) {
    if (indirect) {
      read(code, SCRATCH, 8, R3, offset);
      code.load(D, R3, FP, SCRATCH);
    }
    read(code, SCRATCH, 8, R3, disk.key());
    code.map(R1, maps.disks()).mov(R2, FP).add(R2, SCRATCH);
    code.call(Helper.MAP_LOOKUP).jump(EQ, R0, 0, missing);
  }

  /** {@code R2 = the counters of the disk} whose slot is in R1, which is lost. */
  static void perDisk(Assembler code, ProgramMaps maps) {
    code.alu(AND, R1, Abi.SLOTS - 1).alu(SHL, R1, Abi.DISK_SHIFT);
    code.value(R2, maps.perDisk()).add(R2, R1);
  }

  /**
   * Notes the granules of a range for {@link MarkProgram}: R1 first sector, R2 bytes, R3 first
   * granule of the disk; {@code state} holds the state's address.
   */
  static void granules(Assembler code, Register state) {
    code.mov(R4, R1).add(R2, 511).alu(SHR, R2, 9).add(R4, R2).add(R4, -1);
    code.alu(SHR, R1, Abi.GRANULE_SHIFT).add(R1, R3).store(D, state, Abi.S_GRANULE, R1);
    code.alu(SHR, R4, Abi.GRANULE_SHIFT).add(R4, R3).store(D, state, Abi.S_LAST_GRANULE, R4);
  }

  /**
   * Adds the sectors of a range to what is in flight, or takes them off: R1 first sector, R2 the
   * sector behind the last, R3 slot. Of several units each is taken whole, and what is too much in
   * the first and the last is taken off: so the verifier sees one way through the loop. A range
   * that is too wide only raises the disk's counter of those.
   */
  static void flight(Assembler code, ProgramMaps maps, boolean add) {
    int unit = 1 << Abi.UNIT_SHIFT;
    code.alu(AND, R3, Abi.SLOTS - 1).mov(R4, R2).alu(SUB, R4, R1);
    code.jump(GT, R4, (Abi.WIDEST_UNITS - 1) * unit, "wide");
    code.alu(SHL, R3, Abi.UNITS_SHIFT + 2).value(R5, maps.flight()).add(R5, R3);
    code.mov(R3, R1).alu(SHR, R3, Abi.UNIT_SHIFT);
    code.mov(R0, R2).add(R0, -1).alu(SHR, R0, Abi.UNIT_SHIFT).jump(NE, R0, R3, "several");
    code.mov(R4, R2).alu(SUB, R4, R1);
    addToUnit(code, add);
    code.jump("counted").label("several").mov(R4, R1).alu(AND, R4, unit - 1);
    addToUnit(code, !add);
    code.mov(R4, R2).negate(R4).alu(AND, R4, unit - 1);
    code.mov(R3, R2).add(R3, -1).alu(SHR, R3, Abi.UNIT_SHIFT);
    addToUnit(code, !add);
    code.alu(SHR, R1, Abi.UNIT_SHIFT).add(R2, -1).alu(SHR, R2, Abi.UNIT_SHIFT).add(R2, 1);
    code.alu(SUB, R2, R1).store(D, FP, SCRATCH, R5).mov(R5, 0);
    code.label("unit").jump(GE, R5, R2, "counted").jump(GE, R5, Abi.WIDEST_UNITS, "counted");
    code.add(R5, 1).mov(R3, R1).alu(AND, R3, (1 << Abi.UNITS_SHIFT) - 1).alu(SHL, R3, 2);
    code.load(D, R0, FP, SCRATCH).add(R0, R3).mov(R4, add ? unit : -unit);
    code.atomicAdd(W, R0, 0, R4).add(R1, 1).jump("unit");
    code.label("wide").mov(R1, R3);
    perDisk(code, maps);
    code.mov(R1, 1).atomicAdd(D, R2, Abi.D_WIDE, R1).label("counted");
  }

  /** R3 unit, R4 sectors, R5 the disk's units. */
  private static void addToUnit(Assembler code, boolean add) {
    code.alu(AND, R3, (1 << Abi.UNITS_SHIFT) - 1).alu(SHL, R3, 2).mov(R0, R5).add(R0, R3);
    if (!add) {
      code.negate(R4);
    }
    code.atomicAdd(W, R0, 0, R4);
  }

  /** Goes on in another program; where that fails, behind this. */
  static void tailCall(Assembler code, ProgramMaps maps, int index) {
    code.load(D, R1, FP, CONTEXT).map(R2, maps.programs()).mov(R3, index);
    code.call(Helper.TAIL_CALL);
  }

  /** Raises a counter that costs whole disks, and ends. */
  static void raiseAndExit(Assembler code, ProgramMaps maps, int counter) {
    code.value(R1, maps.counters()).mov(R2, 1).atomicAdd(D, R1, counter, R2);
    code.mov(R0, 0).exit();
  }
}
