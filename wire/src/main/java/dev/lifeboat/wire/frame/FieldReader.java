package dev.lifeboat.wire.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Reads the fields of docs/formats.md one behind the other. Every read is bounded, and running out
 * of bytes is a {@link CorruptFrameException}. Not thread-safe.
 */
public final class FieldReader {
  private final ByteBuffer source;

  /** Reads from the buffer's position to its limit; the caller's buffer is not moved. */
  public FieldReader(ByteBuffer source) {
    this.source = source.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes that are left. */
  public int remaining() {
    return source.remaining();
  }

  public int u8() throws CorruptFrameException {
    need(Byte.BYTES);
    return Byte.toUnsignedInt(source.get());
  }

  public int u16() throws CorruptFrameException {
    need(Short.BYTES);
    return Short.toUnsignedInt(source.getShort());
  }

  /** A u32 that must fit an int. */
  public int i32() throws CorruptFrameException {
    need(Integer.BYTES);
    int value = source.getInt();
    if (value < 0) {
      throw new CorruptFrameException("value out of range: " + Integer.toUnsignedString(value));
    }
    return value;
  }

  /** A u64 that must fit a long. */
  public long u64() throws CorruptFrameException {
    long value = i64();
    if (value < 0) {
      throw new CorruptFrameException("value out of range: " + Long.toUnsignedString(value));
    }
    return value;
  }

  public long i64() throws CorruptFrameException {
    need(Long.BYTES);
    return source.getLong();
  }

  public UUID uuid() throws CorruptFrameException {
    return new UUID(Long.reverseBytes(i64()), Long.reverseBytes(i64()));
  }

  public Chain chain() throws CorruptFrameException {
    return new Chain(Long.reverseBytes(i64()), Long.reverseBytes(i64()));
  }

  public boolean bool() throws CorruptFrameException {
    int value = u8();
    if (value > 1) {
      throw new CorruptFrameException("unknown flags " + value);
    }
    return value == 1;
  }

  /** A string of at most {@link FieldWriter#MAX_STRING} bytes of valid UTF-8. */
  public String string() throws CorruptFrameException {
    int length = u16();
    if (length > FieldWriter.MAX_STRING) {
      throw new CorruptFrameException("string of " + length + " bytes");
    }
    need(length);
    ByteBuffer text = source.slice(source.position(), length);
    source.position(source.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    } catch (CharacterCodingException e) {
      throw new CorruptFrameException("string is not UTF-8", e);
    }
  }

  /** Says that nothing may be left. */
  public void end() throws CorruptFrameException {
    if (source.hasRemaining()) {
      throw new CorruptFrameException(source.remaining() + " bytes too many");
    }
  }

  private void need(int bytes) throws CorruptFrameException {
    if (source.remaining() < bytes) {
      throw new CorruptFrameException("ends " + (bytes - source.remaining()) + " bytes too early");
    }
  }
}
