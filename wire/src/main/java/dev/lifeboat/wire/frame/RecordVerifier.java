package dev.lifeboat.wire.frame;

/** Computes what a frame's records say, to compare it with what its header says. */
public final class RecordVerifier {
  private RecordVerifier() {}

  /**
   * Walks the records of a frame and checks them against its header.
   *
   * @param raw the raw body of the frame
   * @param before the chain behind {@code positionFrom}
   * @return the chain behind the frame: its header's, if both sides hold the same log. A BASE frame
   *     leaves the chain as it was
   * @throws CorruptFrameException if a record is broken, or count or positions are not the header's
   */
  public static Chain verify(FrameHeader header, byte[] raw, Chain before)
      throws CorruptFrameException {
    boolean data = header.kind() == FrameKind.DATA;
    Chain chain = before;
    long position = header.span().from();
    int records = 0;
    RecordCursor cursor = new RecordCursor(raw);
    while (cursor.next()) {
      long at = cursor.position();
      if (at < position || at > header.span().to() || (data && at == header.span().from())) {
        throw new CorruptFrameException("record " + records + " is out of order");
      }
      position = at;
      records++;
      if (data) {
        chain = chain.next(raw, cursor.recordOffset(), cursor.recordLength());
      }
    }
    if (records != header.records()) {
      throw new CorruptFrameException(records + " records, not " + header.records());
    }
    return chain;
  }
}
