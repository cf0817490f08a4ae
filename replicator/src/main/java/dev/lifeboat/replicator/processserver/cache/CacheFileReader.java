package dev.lifeboat.replicator.processserver.cache;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Reads a cache file record by record, each verified by its tag. Every length is checked against
 * the bound and against what the file still holds before anything is allocated. Not thread-safe;
 * whoever opens it closes it.
 */
final class CacheFileReader implements Closeable {
  private static final int SHORTEST = Long.BYTES + FrameHeader.BYTES + RecordCipher.TAG_BYTES;

  /** A frame of the greatest size, its time and its tag; longer records are refused unread. */
  static final int RECORD_LIMIT = SHORTEST + FrameHeader.MAX_RAW;

  private final FileChannel channel;
  private final long number;
  private final CacheHeader header;
  private final RecordCipher cipher;
  private final ByteBuffer prefix = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
  private byte[] sealed = new byte[0];
  private byte[] plain = new byte[0];
  private long record;
  private long at = CacheHeader.BYTES;

  private CacheFileReader(
      FileChannel channel, long number, CacheHeader header, RecordCipher cipher) {
    this.number = number;
    this.channel = channel;
    this.header = header;
    this.cipher = cipher;
  }

  /**
   * @throws CacheFormatException if this is no cache file of ours
   */
  static CacheFileReader open(Path file, long number, VolumeKey key) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      ByteBuffer bytes = ByteBuffer.allocate(CacheHeader.BYTES);
      if (!fill(channel, bytes, 0)) {
        throw new CacheFormatException("the file ends in its header");
      }
      CacheHeader header = CacheHeader.decode(bytes.array());
      return new CacheFileReader(
          channel, number, header, new RecordCipher(key.fileKey(header.salt()), bytes.array()));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  CacheHeader header() {
    return header;
  }

  /** Where the next record begins: everything before it was verified. */
  CachePlace place() {
    return new CachePlace(number, at, record);
  }

  /** Goes on at a place that this class gave out for the same file. */
  void seek(CachePlace place) {
    at = place.offset();
    record = place.record();
  }

  /**
   * The next record that ends at or before {@code limit}; empty at the limit.
   *
   * @throws CacheFormatException at the first break: a torn, altered or misplaced record
   */
  Optional<CachedFrame> next(long limit) throws IOException {
    if (at >= limit) {
      return Optional.empty();
    }
    if (limit - at < 4) {
      throw new CacheFormatException("torn record at " + at);
    }
    prefix.clear();
    if (!fill(channel, prefix, at)) {
      throw new CacheFormatException("torn record at " + at);
    }
    int size = prefix.getInt(0);
    if (size < SHORTEST || size > RECORD_LIMIT || size > limit - at - 4) {
      throw new CacheFormatException("torn or impossible record at " + at);
    }
    if (sealed.length < size) {
      sealed = new byte[Math.max(size, Math.min(RECORD_LIMIT, 2 * sealed.length))];
    }
    if (!fill(channel, ByteBuffer.wrap(sealed, 0, size), at + 4)) {
      throw new CacheFormatException("torn record at " + at);
    }
    return Optional.of(open(size));
  }

  private CachedFrame open(int size) throws CacheFormatException {
    int length = size - RecordCipher.TAG_BYTES;
    if (plain.length < length) {
      plain = new byte[sealed.length];
    }
    if (!cipher.decrypt(record, sealed, size, plain)) {
      throw new CacheFormatException("record " + record + " at " + at + " does not carry its tag");
    }
    ByteBuffer bytes = ByteBuffer.wrap(plain, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    long unixMillis = bytes.getLong();
    Frame frame;
    try {
      frame = Frame.decode(bytes);
    } catch (CorruptFrameException e) {
      throw new CacheFormatException("record " + record + " at " + at + ": " + e.getMessage());
    }
    if (!frame.header().origin().machine().equals(header.machine())) {
      throw new CacheFormatException("record " + record + " at " + at + " is another machine's");
    }
    record++;
    at += 4L + size;
    return new CachedFrame(unixMillis, frame, place(), Optional.empty());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static boolean fill(FileChannel channel, ByteBuffer into, long from) throws IOException {
    long place = from;
    while (into.hasRemaining()) {
      int got = channel.read(into, place);
      if (got < 0) {
        return false;
      }
      place += got;
    }
    return true;
  }
}
