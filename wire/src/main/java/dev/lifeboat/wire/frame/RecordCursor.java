package dev.lifeboat.wire.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks the records of a raw body without allocating. {@link #next} moves to a record and checks
 * it; the accessors speak of that record. Not thread-safe.
 */
public final class RecordCursor {
  /** Bytes of a record's header. */
  public static final int HEADER = 24;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] raw;
  private int at;
  private int end;
  private RecordKind kind = RecordKind.WRITE;

  /** A cursor before the first record of the body. */
  public RecordCursor(byte[] raw) {
    this.raw = raw;
  }

  /** Moves on; false at the end of the body. */
  public boolean next() throws CorruptFrameException {
    if (end == raw.length) {
      return false;
    }
    if (raw.length - end < HEADER) {
      throw new CorruptFrameException("body ends within a record header");
    }
    at = end;
    kind = RecordKind.of(Byte.toUnsignedInt(raw[at]));
    if (raw[at + 1] != 0) {
      throw new CorruptFrameException("record has reserved bits set");
    }
    long length = length();
    if (length == 0 || offset() < 0 || offset() + length < 0 || position() < 0) {
      throw new CorruptFrameException("record has an impossible range");
    }
    long payload = kind == RecordKind.WRITE ? length : 0;
    if (payload > raw.length - at - HEADER) {
      throw new CorruptFrameException("body ends within a payload");
    }
    end = at + HEADER + (int) payload;
    return true;
  }

  public RecordKind kind() {
    return kind;
  }

  public int disk() {
    return Short.toUnsignedInt((short) SHORT.get(raw, at + 2));
  }

  /** Bytes of the disk it is about, 1 to 2^32 - 1. */
  public long length() {
    return Integer.toUnsignedLong((int) INT.get(raw, at + 4));
  }

  /** Where on the disk. */
  public long offset() {
    return (long) LONG.get(raw, at + 8);
  }

  public long position() {
    return (long) LONG.get(raw, at + 16);
  }

  /** Where the record begins in the body. */
  public int recordOffset() {
    return at;
  }

  /** Bytes of header and payload. */
  public int recordLength() {
    return end - at;
  }

  /** Where the payload of a WRITE begins in the body; it is {@link #length()} bytes long. */
  public int payloadOffset() {
    return at + HEADER;
  }

  /** Writes a record header; the other half of what this class reads. */
  static void put(byte[] target, int at, RecordKind kind, RecordRange range) {
    target[at] = (byte) kind.id();
    target[at + 1] = 0;
    SHORT.set(target, at + 2, (short) range.disk());
    INT.set(target, at + 4, (int) range.length());
    LONG.set(target, at + 8, range.offset());
    LONG.set(target, at + 16, range.position());
  }
}
