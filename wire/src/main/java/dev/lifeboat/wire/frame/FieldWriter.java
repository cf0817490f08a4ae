package dev.lifeboat.wire.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Writes the fields of docs/formats.md one behind the other into a growing buffer. Not thread-safe.
 */
public final class FieldWriter {
  /** The most bytes of a string; longer ones are clipped at a code point: they are for people. */
  public static final int MAX_STRING = 1024;

  private ByteBuffer target = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  public FieldWriter u8(int value) {
    room(Byte.BYTES).put((byte) checked(value, 0xFF));
    return this;
  }

  public FieldWriter u16(int value) {
    room(Short.BYTES).putShort((short) checked(value, 0xFFFF));
    return this;
  }

  public FieldWriter i32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  public FieldWriter i64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  public FieldWriter uuid(UUID value) {
    return i64(Long.reverseBytes(value.getMostSignificantBits()))
        .i64(Long.reverseBytes(value.getLeastSignificantBits()));
  }

  public FieldWriter chain(Chain value) {
    return i64(Long.reverseBytes(value.high())).i64(Long.reverseBytes(value.low()));
  }

  public FieldWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  public FieldWriter string(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, MAX_STRING);
    while (length < text.length && length > 0 && (text[length] & 0xC0) == 0x80) {
      length--;
    }
    u16(length);
    room(length).put(text, 0, length);
    return this;
  }

  /** What was written. */
  public byte[] bytes() {
    return Arrays.copyOf(target.array(), target.position());
  }

  private ByteBuffer room(int bytes) {
    if (target.remaining() < bytes) {
      int size = Math.max(2 * target.capacity(), target.position() + bytes);
      target =
          ByteBuffer.allocate(size)
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(target.array(), 0, target.position());
    }
    return target;
  }

  private static int checked(int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(value + " is not between 0 and " + max);
    }
    return value;
  }
}
