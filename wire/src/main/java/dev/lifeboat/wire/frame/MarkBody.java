package dev.lifeboat.wire.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A moment to which disks can be brought back together.
 *
 * @param bootNanos CLOCK_BOOTTIME at the mark
 * @param wallMillis the machine's own wall clock: a label only
 * @param consistent whether image and log equal the machine here: only then is it a point
 * @param disks ids of the disks it holds for
 */
public record MarkBody(
    UUID bootId,
    long bootNanos,
    long wallMillis,
    boolean consistent,
    String label,
    List<Integer> disks) {

  public MarkBody {
    disks = List.copyOf(disks);
    StateBody.checkCount(disks.size());
  }

  /** The body of a MARK frame. */
  public byte[] encode() {
    FieldWriter fields =
        new FieldWriter()
            .uuid(bootId)
            .i64(bootNanos)
            .i64(wallMillis)
            .bool(consistent)
            .string(label)
            .u16(disks.size());
    disks.forEach(fields::u16);
    return fields.bytes();
  }

  /** Reads the body of a MARK frame. */
  public static MarkBody decode(byte[] body) throws CorruptFrameException {
    FieldReader fields = new FieldReader(ByteBuffer.wrap(body));
    UUID bootId = fields.uuid();
    long bootNanos = fields.u64();
    long wallMillis = fields.i64();
    boolean consistent = fields.bool();
    String label = fields.string();
    int count = StateBody.readCount(fields, Short.BYTES);
    List<Integer> disks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      disks.add(fields.u16());
    }
    fields.end();
    return new MarkBody(bootId, bootNanos, wallMillis, consistent, label, disks);
  }
}
