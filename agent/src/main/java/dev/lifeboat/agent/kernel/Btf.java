package dev.lifeboat.agent.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The kernel's own type information: where the fields of its structures are in the kernel that
 * runs. Immutable. Broken input is an {@link IOException}.
 */
public final class Btf {
  /** Where the running kernel shows it. */
  public static final Path KERNEL = Path.of("/sys/kernel/btf/vmlinux");

  private static final int MAGIC = 0xeB9F;
  private static final int PTR = 2;
  private static final int ARRAY = 3;
  private static final int STRUCT = 4;
  private static final int UNION = 5;
  private static final int ENUM = 6;
  private static final int TYPEDEF = 8;
  private static final int VOLATILE = 9;
  private static final int RESTRICT = 11;
  private static final int FUNC_PROTO = 13;
  private static final int TYPE_TAG = 18;
  private static final int ENUM64 = 19;
  private static final int HEADER = 12;
  private static final int MEMBER = 12;
  private static final int DEPTH = 16;

  private final ByteBuffer bytes;
  private final int strings;
  private final int stringsEnd;
  private final int[] types;
  private final Map<String, Integer> structures = new HashMap<>();
  private final Map<String, Integer> typedefs = new HashMap<>();

  private Btf(ByteBuffer bytes) throws IOException {
    this.bytes = bytes;
    if (bytes.limit() < 24 || (bytes.getShort(0) & 0xffff) != MAGIC) {
      throw new IOException("this is no BTF of this machine's byte order");
    }
    long header = bytes.getInt(4) & 0xffffffffL;
    long typesAt = header + (bytes.getInt(8) & 0xffffffffL);
    long typesEnd = typesAt + (bytes.getInt(12) & 0xffffffffL);
    long stringsAt = header + (bytes.getInt(16) & 0xffffffffL);
    long end = stringsAt + (bytes.getInt(20) & 0xffffffffL);
    if (typesEnd > bytes.limit() || end > bytes.limit()) {
      throw new IOException("BTF is cut short");
    }
    strings = (int) stringsAt;
    stringsEnd = (int) end;
    types = index((int) typesAt, (int) typesEnd);
  }

  /** Of the running kernel. */
  public static Btf ofKernel() throws IOException {
    if (!Files.isReadable(KERNEL)) {
      throw new IOException(
          "this kernel shows no type information ("
              + KERNEL
              + "): it needs CONFIG_DEBUG_INFO_BTF, as RHEL 8.2, Ubuntu 20.10, Debian 11 and later"
              + " have it");
    }
    return parse(Files.readAllBytes(KERNEL));
  }

  /** Of a file's bytes. */
  public static Btf parse(byte[] file) throws IOException {
    try {
      return new Btf(ByteBuffer.wrap(file).order(ByteOrder.nativeOrder()));
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("BTF is broken", e);
    }
  }

  private int[] index(int from, int to) throws IOException {
    int[] found = new int[Math.max(16, (to - from) / HEADER + 1)];
    int count = 1;
    int at = from;
    while (at < to) {
      if (to - at < HEADER || to - at - HEADER < tail(kindAt(at), lengthAt(at))) {
        throw new IOException("BTF ends within a type");
      }
      found[count] = at;
      int kind = kindAt(at);
      if (kind == STRUCT) {
        structures.putIfAbsent(string(bytes.getInt(at)), count);
      } else if (kind == TYPEDEF) {
        typedefs.putIfAbsent(string(bytes.getInt(at)), count);
      }
      at += HEADER + tail(kind, lengthAt(at));
      count++;
    }
    return Arrays.copyOf(found, count);
  }

  private static int tail(int kind, int length) throws IOException {
    return switch (kind) {
      case 1, 14, 17 -> 4;
      case ARRAY -> 12;
      case STRUCT, UNION, 15, ENUM64 -> length * MEMBER;
      case ENUM, FUNC_PROTO -> length * 8;
      case PTR, 7, TYPEDEF, VOLATILE, 10, RESTRICT, 12, 16, TYPE_TAG -> 0;
      default -> throw new IOException("BTF has a kind that is not known: " + kind);
    };
  }

  private int kindAt(int at) {
    return bytes.getInt(at + 4) >>> 24 & 31;
  }

  private int lengthAt(int at) {
    return bytes.getInt(at + 4) & 0xffff;
  }

  private String string(int offset) throws IOException {
    int start = strings + offset;
    if (offset < 0 || start >= stringsEnd) {
      throw new IOException("BTF names a string that is not there");
    }
    int end = start;
    while (end < stringsEnd && bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end - start];
    bytes.get(start, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private int at(int type) throws IOException {
    if (type <= 0 || type >= types.length) {
      throw new IOException("BTF names a type that is not there");
    }
    return types[type];
  }

  /** Whether the kernel has a structure of this name. */
  public boolean hasStructure(String name) {
    return structures.containsKey(name);
  }

  /** Bytes of a structure. */
  public int size(String structure) throws IOException {
    return bytes.getInt(at(structure(structure)) + 8);
  }

  private int structure(String name) throws IOException {
    Integer type = structures.get(name);
    if (type == null) {
      throw new IOException("this kernel has no struct " + name);
    }
    return type;
  }

  /** Where a member is that must be there and be no bit-field. */
  public int offset(String structure, String member) throws IOException {
    OptionalInt offset = find(structure, member);
    if (offset.isEmpty()) {
      throw new IOException("this kernel's struct " + structure + " has no " + member);
    }
    return offset.getAsInt();
  }

  /** Where a member is, looked for in anonymous members too. */
  public OptionalInt find(String structure, String member) throws IOException {
    long bits = bits(structure(structure), member, 0);
    if (bits >= 0 && (bits & 7) != 0) {
      throw new IOException("struct " + structure + ": " + member + " is a bit-field");
    }
    return bits < 0 ? OptionalInt.empty() : OptionalInt.of((int) (bits >> 3));
  }

  private long bits(int type, String member, int depth) throws IOException {
    int start = at(type);
    int kind = kindAt(start);
    if (depth > DEPTH || (kind != STRUCT && kind != UNION)) {
      return -1;
    }
    boolean withSizes = bytes.getInt(start + 4) < 0;
    for (int i = 0; i < lengthAt(start); i++) {
      int entry = start + HEADER + i * MEMBER;
      int value = bytes.getInt(entry + 8);
      long offset = withSizes ? value & 0xffffff : value & 0xffffffffL;
      String name = string(bytes.getInt(entry));
      if (name.equals(member)) {
        return withSizes && value >>> 24 != 0 ? offset | 1 : offset;
      }
      if (name.isEmpty()) {
        long inner = bits(bytes.getInt(entry + 4), member, depth + 1);
        if (inner >= 0) {
          return offset + inner;
        }
      }
    }
    return -1;
  }

  /**
   * Which argument of a raw tracepoint points to a structure, from 0: kernels have moved them.
   *
   * @param tracepoint as in {@code block_bio_queue}
   */
  public int argument(String tracepoint, String structure) throws IOException {
    Integer typedef = typedefs.get("btf_trace_" + tracepoint);
    if (typedef == null) {
      throw new IOException("this kernel has no tracepoint " + tracepoint);
    }
    int prototype = at(target(target(typedef)));
    if (kindAt(prototype) != FUNC_PROTO) {
      throw new IOException("BTF does not describe the tracepoint " + tracepoint);
    }
    for (int i = 1; i < lengthAt(prototype); i++) {
      int type = bytes.getInt(prototype + HEADER + i * 8 + 4);
      if (type != 0 && kindAt(at(type)) == PTR) {
        int pointed = plain(target(type));
        if (pointed != 0
            && kindAt(at(pointed)) == STRUCT
            && string(bytes.getInt(at(pointed))).equals(structure)) {
          return i - 1;
        }
      }
    }
    throw new IOException("the tracepoint " + tracepoint + " hands over no struct " + structure);
  }

  private int target(int type) throws IOException {
    return bytes.getInt(at(type) + 8);
  }

  /** Without const, volatile, restrict and tags. */
  private int plain(int type) throws IOException {
    int found = type;
    for (int i = 0; found != 0 && i < DEPTH; i++) {
      int kind = kindAt(at(found));
      if (!(kind >= VOLATILE && kind <= RESTRICT) && kind != TYPE_TAG) {
        return found;
      }
      found = target(found);
    }
    return found;
  }

  /** The value of an enumeration's constant, whatever the enumeration is called. */
  public OptionalLong constant(String name) throws IOException {
    for (int type = 1; type < types.length; type++) {
      int start = types[type];
      int kind = kindAt(start);
      if (kind == ENUM || kind == ENUM64) {
        int step = kind == ENUM ? 8 : 12;
        for (int i = 0; i < lengthAt(start); i++) {
          int entry = start + HEADER + i * step;
          if (matches(bytes.getInt(entry), name)) {
            return OptionalLong.of(bytes.getInt(entry + 4) & 0xffffffffL);
          }
        }
      }
    }
    return OptionalLong.empty();
  }

  private boolean matches(int offset, String name) {
    int start = strings + offset;
    if (offset < 0 || (long) strings + offset + name.length() >= stringsEnd) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (bytes.get(start + i) != name.charAt(i)) {
        return false;
      }
    }
    return bytes.get(start + name.length()) == 0;
  }
}
