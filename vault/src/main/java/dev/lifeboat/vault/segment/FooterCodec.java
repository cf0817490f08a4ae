package dev.lifeboat.vault.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.FieldReader;
import dev.lifeboat.wire.frame.FieldWriter;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a footer, before they are sealed: u32 raw length, then one zstd frame. */
final class FooterCodec {

  /** The most entries, log and base together. */
  static final int MAX_ENTRIES = 1 << 20;

  /** The most marks, states and gaps of each kind. */
  static final int MAX_EVENTS = 1 << 14;

  static final int MAX_CHUNKS = 1 << 12;
  static final int ENTRY_BYTES = 1 + 2 + 4 + 8 + 8 + 4 + 4;
  static final int MAX_RAW = 64 << 20;

  /** The most bytes of marks, states and gaps that leave room for all the rest. */
  static final int MAX_EVENT_BYTES = MAX_RAW / 4;

  /** The most bytes of a sealed footer. */
  static final int MAX_SEALED = SliceCipher.sealedLength(MAX_RAW);

  private FooterCodec() {}

  /**
   * Writes a footer. What {@link #decode} would refuse is an IllegalStateException: a segment that
   * no reader opens must not be put, for what was acknowledged as uploaded is freed elsewhere.
   */
  static byte[] encode(Footer footer) {
    try {
      return pack(raw(footer));
    } catch (CorruptFrameException e) {
      throw new IllegalStateException("no reader would open the segment: " + e.getMessage(), e);
    }
  }

  private static byte[] raw(Footer footer) throws CorruptFrameException {
    checkIndex(footer);
    byte[] chunks = chunks(footer.chunks());
    byte[] events = events(footer);
    var _ = footer(footer.chunks(), footer.log(), footer.base(), ByteBuffer.wrap(events));
    long entries = (long) footer.log().size() + footer.base().size();
    long length = chunks.length + 8 + entries * ENTRY_BYTES + events.length;
    atMost(length, MAX_RAW, "bytes");
    ByteBuffer target = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    target.put(chunks).putInt(footer.log().size()).putInt(footer.base().size());
    ColumnWriter writer = new ColumnWriter(target);
    footer.log().columns(writer);
    footer.base().columns(writer);
    return target.put(events).array();
  }

  private static void checkIndex(Footer footer) throws CorruptFrameException {
    atMost(footer.chunks().size(), MAX_CHUNKS, "chunks");
    long offset = SegmentHeader.BYTES;
    for (ChunkPlace c : footer.chunks()) {
      offset = behind(c, offset);
    }
    atMost((long) footer.log().size() + footer.base().size(), MAX_ENTRIES, "entries");
    footer.log().check(footer.chunks(), true);
    footer.base().check(footer.chunks(), false);
  }

  private static byte[] pack(byte[] raw) throws CorruptFrameException {
    byte[] packed = Zstd.compress(raw, 1);
    // What does not shrink grows: the trailer's bound is for the bytes as they are stored.
    atMost(Integer.BYTES + (long) packed.length, MAX_RAW, "stored bytes");
    return ByteBuffer.allocate(Integer.BYTES + packed.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(raw.length)
        .put(packed)
        .array();
  }

  private static byte[] chunks(List<ChunkPlace> chunks) {
    ByteBuffer b =
        ByteBuffer.allocate(4 + chunks.size() * ChunkPlace.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(chunks.size());
    for (ChunkPlace c : chunks) {
      b.putLong(c.offset()).putInt(c.sealedLength()).putInt(c.rawLength());
      b.put((byte) (c.compressed() ? 2 : 0));
    }
    return b.array();
  }

  private static byte[] events(Footer footer) {
    FieldWriter w = new FieldWriter().chain(footer.before()).chain(footer.behind());
    w.i32(footer.marks().size());
    for (SegmentMark m : footer.marks()) {
      w.i64(m.sequence()).i64(m.position()).i32(m.baseEntries()).i64(m.time().toEpochMilli());
      body(w, m.body().encode());
    }
    w.i32(footer.states().size());
    for (SegmentState s : footer.states()) {
      w.i64(s.sequence());
      body(w, s.body().encode());
    }
    w.i32(footer.gaps().size());
    for (SegmentGap g : footer.gaps()) {
      w.i64(g.sequence()).i64(g.span().from()).i64(g.span().to()).chain(g.span().chain());
      w.string(g.reason());
    }
    return w.bytes();
  }

  private static void body(FieldWriter target, byte[] body) {
    target.i32(body.length);
    for (byte b : body) {
      target.u8(Byte.toUnsignedInt(b));
    }
  }

  /** Reads the first {@code length} bytes; the exception's message says what is wrong. */
  static Footer decode(byte[] plain, int length) throws CorruptFrameException {
    ByteBuffer raw = unpack(plain, length);
    List<ChunkPlace> chunks = readChunks(raw);
    int logSize = count(raw, MAX_ENTRIES, ENTRY_BYTES, "entries");
    int baseSize = count(raw, MAX_ENTRIES - logSize, ENTRY_BYTES, "entries");
    need(raw, (long) (logSize + baseSize) * ENTRY_BYTES);
    ColumnReader reader = new ColumnReader(raw);
    SegmentIndex log = SegmentIndex.ofSize(logSize);
    log.columns(reader);
    SegmentIndex base = SegmentIndex.ofSize(baseSize);
    base.columns(reader);
    log.check(chunks, true);
    base.check(chunks, false);
    return footer(chunks, log, base, raw);
  }

  /** Reads chains and events, which are the rest. */
  private static Footer footer(
      List<ChunkPlace> chunks, SegmentIndex log, SegmentIndex base, ByteBuffer rest)
      throws CorruptFrameException {
    FieldReader fields = new FieldReader(rest);
    Footer footer =
        new Footer(
            chunks,
            log,
            base,
            fields.chain(),
            fields.chain(),
            readMarks(fields),
            readStates(fields),
            readGaps(fields));
    fields.end();
    return footer;
  }

  private static ByteBuffer unpack(byte[] plain, int length) throws CorruptFrameException {
    if (length < 5) {
      throw new CorruptFrameException("it is too short");
    }
    int rawLength = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
    if (rawLength < 0 || rawLength > MAX_RAW) {
      throw new CorruptFrameException("it is too long: " + Integer.toUnsignedString(rawLength));
    }
    byte[] raw = new byte[rawLength];
    try {
      long got = Zstd.decompressByteArray(raw, 0, rawLength, plain, 4, length - 4);
      if (Zstd.isError(got) || got != rawLength) {
        throw new CorruptFrameException("it does not decompress to its length");
      }
    } catch (ZstdException e) {
      throw new CorruptFrameException("it does not decompress", e);
    }
    return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<ChunkPlace> readChunks(ByteBuffer raw) throws CorruptFrameException {
    int count = count(raw, MAX_CHUNKS, ChunkPlace.BYTES, "chunks");
    List<ChunkPlace> chunks = new ArrayList<>(count);
    long offset = SegmentHeader.BYTES;
    for (int i = 0; i < count; i++) {
      ChunkPlace c = new ChunkPlace(raw.getLong(), raw.getInt(), raw.getInt(), codec(raw.get()));
      offset = behind(c, offset);
      chunks.add(c);
    }
    return chunks;
  }

  /** Where the chunk ends, which must be possible and begin at {@code offset}. */
  private static long behind(ChunkPlace c, long offset) throws CorruptFrameException {
    int opened = SliceCipher.openedLength(c.sealedLength());
    boolean fits = c.compressed() ? opened < c.rawLength() : opened == c.rawLength();
    if (c.offset() != offset || c.rawLength() > ChunkPlace.MAX_RAW || opened < 1 || !fits) {
      throw new CorruptFrameException("the chunk at " + c.offset() + " is impossible");
    }
    return offset + c.sealedLength();
  }

  private static boolean codec(byte codec) throws CorruptFrameException {
    if (codec != 0 && codec != 2) {
      throw new CorruptFrameException("codec " + codec + " is not known");
    }
    return codec == 2;
  }

  private static List<SegmentMark> readMarks(FieldReader in) throws CorruptFrameException {
    int count = events(in);
    List<SegmentMark> marks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      marks.add(
          new SegmentMark(
              in.u64(),
              in.u64(),
              in.i32(),
              Instant.ofEpochMilli(in.i64()),
              MarkBody.decode(body(in))));
    }
    return marks;
  }

  private static List<SegmentState> readStates(FieldReader in) throws CorruptFrameException {
    int count = events(in);
    List<SegmentState> states = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      states.add(new SegmentState(in.u64(), StateBody.decode(body(in))));
    }
    return states;
  }

  private static List<SegmentGap> readGaps(FieldReader in) throws CorruptFrameException {
    int count = events(in);
    List<SegmentGap> gaps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      gaps.add(new SegmentGap(in.u64(), new Span(in.u64(), in.u64(), in.chain()), in.string()));
    }
    return gaps;
  }

  private static int events(FieldReader in) throws CorruptFrameException {
    int count = in.i32();
    atMost(count, MAX_EVENTS, "events");
    return count;
  }

  private static byte[] body(FieldReader in) throws CorruptFrameException {
    int length = in.i32();
    if (length > in.remaining()) {
      throw new CorruptFrameException("a body of " + length + " bytes does not fit");
    }
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      body[i] = (byte) in.u8();
    }
    return body;
  }

  private static int count(ByteBuffer raw, int most, int each, String what)
      throws CorruptFrameException {
    need(raw, Integer.BYTES);
    int count = raw.getInt();
    if (count < 0 || count > most) {
      throw new CorruptFrameException("too many " + what + ": " + Integer.toUnsignedString(count));
    }
    need(raw, (long) count * each);
    return count;
  }

  private static void atMost(long count, int most, String what) throws CorruptFrameException {
    if (count > most) {
      throw new CorruptFrameException("too many " + what + ": " + count);
    }
  }

  private static void need(ByteBuffer raw, long bytes) throws CorruptFrameException {
    if (raw.remaining() < bytes) {
      throw new CorruptFrameException("it ends too early");
    }
  }

  private record ColumnWriter(ByteBuffer target) implements SegmentIndex.Columns {
    @Override
    public void bytes(byte[] column, int size) {
      target.put(column, 0, size);
    }

    @Override
    public void chars(char[] column, int size) {
      target.asCharBuffer().put(column, 0, size);
      target.position(target.position() + size * Character.BYTES);
    }

    @Override
    public void ints(int[] column, int size) {
      target.asIntBuffer().put(column, 0, size);
      target.position(target.position() + size * Integer.BYTES);
    }

    @Override
    public void longs(long[] column, int size) {
      target.asLongBuffer().put(column, 0, size);
      target.position(target.position() + size * Long.BYTES);
    }
  }

  private record ColumnReader(ByteBuffer source) implements SegmentIndex.Columns {
    @Override
    public void bytes(byte[] column, int size) {
      source.get(column, 0, size);
    }

    @Override
    public void chars(char[] column, int size) {
      source.asCharBuffer().get(column, 0, size);
      source.position(source.position() + size * Character.BYTES);
    }

    @Override
    public void ints(int[] column, int size) {
      source.asIntBuffer().get(column, 0, size);
      source.position(source.position() + size * Integer.BYTES);
    }

    @Override
    public void longs(long[] column, int size) {
      source.asLongBuffer().get(column, 0, size);
      source.position(source.position() + size * Long.BYTES);
    }
  }
}
