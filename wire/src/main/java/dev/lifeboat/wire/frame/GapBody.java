package dev.lifeboat.wire.frame;

import java.nio.ByteBuffer;

/** Why nobody holds the log between the positions of a GAP frame. */
public record GapBody(String reason) {

  /** The body of a GAP frame. */
  public byte[] encode() {
    return new FieldWriter().string(reason).bytes();
  }

  /** Reads the body of a GAP frame. */
  public static GapBody decode(byte[] body) throws CorruptFrameException {
    FieldReader fields = new FieldReader(ByteBuffer.wrap(body));
    GapBody gap = new GapBody(fields.string());
    fields.end();
    return gap;
  }
}
