package dev.lifeboat.agent.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes BPF instructions. Labels are resolved by {@link #build()}, which refuses jumps to nowhere
 * and jumps that are too far. One program an instance, one thread.
 */
public final class Assembler {
  /** A register, 0 to 10. */
  public enum Register {
    /** What a call returns. */
    R0(0),
    /** First argument; lost in a call. */
    R1(1),
    /** Second argument; lost in a call. */
    R2(2),
    /** Third argument; lost in a call. */
    R3(3),
    /** Fourth argument; lost in a call. */
    R4(4),
    /** Fifth argument; lost in a call. */
    R5(5),
    /** Kept over calls. */
    R6(6),
    /** Kept over calls. */
    R7(7),
    /** Kept over calls. */
    R8(8),
    /** Kept over calls. */
    R9(9),
    /** The end of the stack. */
    FP(10);

    private final int number;

    Register(int number) {
      this.number = number;
    }
  }

  /** Width of a load or store. */
  public enum Width {
    /** 4 bytes. */
    W(0x00),
    /** 2 bytes. */
    H(0x08),
    /** 1 byte. */
    B(0x10),
    /** 8 bytes. */
    D(0x18);

    private final int code;

    Width(int code) {
      this.code = code;
    }
  }

  /** A comparison of 64-bit values; unsigned but for the last two. */
  public enum Condition {
    /** Equal. */
    EQ(0x10),
    /** Greater. */
    GT(0x20),
    /** Greater or equal. */
    GE(0x30),
    /** A common bit. */
    SET(0x40),
    /** Not equal. */
    NE(0x50),
    /** Less. */
    LT(0xa0),
    /** Less or equal. */
    LE(0xb0),
    /** Signed greater. */
    SGT(0x60),
    /** Signed less. */
    SLT(0xc0);

    private final int code;

    Condition(int code) {
      this.code = code;
    }
  }

  /** Arithmetic on 64 bits. */
  public enum Operation {
    /** Plus. */
    ADD(0x00),
    /** Minus. */
    SUB(0x10),
    /** Or. */
    OR(0x40),
    /** And. */
    AND(0x50),
    /** Shift left. */
    SHL(0x60),
    /** Shift right, unsigned. */
    SHR(0x70),
    /** Copy. */
    MOV(0xb0);

    private final int code;

    Operation(int code) {
      this.code = code;
    }
  }

  /** What one jump reaches. */
  private static final int FAR = Short.MAX_VALUE;

  private static final int ALU = 0x07;
  private static final int JMP = 0x05;
  private static final int BY_REGISTER = 0x08;
  private static final int PSEUDO_MAP = 1;
  private static final int PSEUDO_MAP_VALUE = 2;

  private long[] code = new long[256];
  private int length;
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<Integer, String> jumps = new HashMap<>();

  private Assembler emit(int opcode, int target, int source, int offset, int immediate) {
    if (offset < Short.MIN_VALUE || offset > Short.MAX_VALUE) {
      throw new IllegalArgumentException("offset " + offset + " does not fit");
    }
    if (length == code.length) {
      code = Arrays.copyOf(code, 2 * length);
    }
    code[length++] =
        (opcode & 0xffL)
            | ((long) (target | (source << 4)) << 8)
            | ((offset & 0xffffL) << 16)
            | ((long) immediate << 32);
    return this;
  }

  /** {@code target = target op source}. */
  public Assembler alu(Operation operation, Register target, Register source) {
    return emit(ALU | BY_REGISTER | operation.code, target.number, source.number, 0, 0);
  }

  /** {@code target = target op value}. */
  public Assembler alu(Operation operation, Register target, int value) {
    return emit(ALU | operation.code, target.number, 0, 0, value);
  }

  /** {@code target = source}. */
  public Assembler mov(Register target, Register source) {
    return alu(Operation.MOV, target, source);
  }

  /** {@code target = value}, sign-extended. */
  public Assembler mov(Register target, int value) {
    return alu(Operation.MOV, target, value);
  }

  /** {@code target = target + value}. */
  public Assembler add(Register target, int value) {
    return alu(Operation.ADD, target, value);
  }

  /** {@code target = target + source}. */
  public Assembler add(Register target, Register source) {
    return alu(Operation.ADD, target, source);
  }

  /** {@code target = -target}. */
  public Assembler negate(Register target) {
    return emit(0x87, target.number, 0, 0, 0);
  }

  /** {@code target = *(source + offset)}, zero-extended. */
  public Assembler load(Width width, Register target, Register source, int offset) {
    return emit(0x61 | width.code, target.number, source.number, offset, 0);
  }

  /** {@code *(target + offset) = source}. */
  public Assembler store(Width width, Register target, int offset, Register source) {
    return emit(0x63 | width.code, target.number, source.number, offset, 0);
  }

  /** {@code *(target + offset) = value}. */
  public Assembler store(Width width, Register target, int offset, int value) {
    return emit(0x62 | width.code, target.number, 0, offset, value);
  }

  /** {@code *(target + offset) += source}, atomically; 4 or 8 bytes. */
  public Assembler atomicAdd(Width width, Register target, int offset, Register source) {
    if (width != Width.W && width != Width.D) {
      throw new IllegalArgumentException("only 4 and 8 bytes can be added atomically");
    }
    return emit(0xc3 | width.code, target.number, source.number, offset, 0);
  }

  /** {@code target = value}, 64 bits. */
  public Assembler constant(Register target, long value) {
    return wide(target, 0, (int) value, (int) (value >>> 32));
  }

  /** {@code target = the map}, as an argument of a helper. */
  public Assembler map(Register target, BpfMap map) {
    return wide(target, PSEUDO_MAP, map.descriptor(), 0);
  }

  /** {@code target = the address of the value} of an array map with one entry. */
  public Assembler value(Register target, BpfMap map) {
    return wide(target, PSEUDO_MAP_VALUE, map.descriptor(), 0);
  }

  private Assembler wide(Register target, int pseudo, int low, int high) {
    emit(0x18, target.number, pseudo, 0, low);
    return emit(0, 0, 0, 0, high);
  }

  /** Calls a helper of the kernel. */
  public Assembler call(Helper helper) {
    return emit(0x85, 0, 0, 0, helper.number());
  }

  /** Jumps if {@code left condition right}. */
  public Assembler jump(Condition condition, Register left, Register right, String label) {
    jumps.put(length, label);
    return emit(JMP | BY_REGISTER | condition.code, left.number, right.number, 0, 0);
  }

  /** Jumps if {@code left condition right}. */
  public Assembler jump(Condition condition, Register left, int right, String label) {
    jumps.put(length, label);
    return emit(JMP | condition.code, left.number, 0, 0, right);
  }

  /** Jumps. */
  public Assembler jump(String label) {
    jumps.put(length, label);
    return emit(JMP, 0, 0, 0, 0);
  }

  /** Names the next instruction. */
  public Assembler label(String name) {
    if (labels.put(name, length) != null) {
      throw new IllegalArgumentException("label " + name + " stands twice");
    }
    return this;
  }

  /** Ends the program with R0. */
  public Assembler exit() {
    return emit(0x95, 0, 0, 0, 0);
  }

  /** The instructions, with every jump resolved. */
  public long[] build() {
    long[] built = Arrays.copyOf(code, length);
    jumps.forEach((at, name) -> {
      Integer target = labels.get(name);
      if (target == null || target >= length) {
        throw new IllegalStateException("no instruction at label " + name);
      }
      int distance = target - at - 1;
      if (distance > FAR || distance < -FAR - 1) {
        throw new IllegalStateException("label " + name + " is too far away");
      }
      built[at] |= (distance & 0xffffL) << 16;
    });
    return built;
  }
}
