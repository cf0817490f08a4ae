package dev.lifeboat.replicator.processserver.cache;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * Writes one cache file, from its creation to its end; a file is never opened a second time for
 * writing, so no nonce is ever used twice. After an {@link IOException} only {@link #closeAt} is
 * allowed: the records go into a new file, under a new key. Not thread-safe; closed by the {@link
 * MachineCache} that made it.
 */
final class CacheFileWriter implements Closeable {
  private static final int SLICE = 64 * 1024;
  private static final int STAGING = 256 * 1024;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final FileChannel channel;
  private final RecordCipher cipher;
  private final ByteBuffer staging = ByteBuffer.allocate(STAGING).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] head = new byte[Long.BYTES + FrameHeader.BYTES];
  private final byte[] sealed = new byte[SLICE + 2 * RecordCipher.TAG_BYTES];
  private long counter;
  private long length;

  private CacheFileWriter(FileChannel channel, RecordCipher cipher) {
    this.channel = channel;
    this.cipher = cipher;
  }

  static CacheFileWriter create(Path file, VolumeKey key, UUID machine, int epoch)
      throws IOException {
    byte[] salt = new byte[CacheHeader.SALT_BYTES];
    RANDOM.nextBytes(salt);
    byte[] header = new CacheHeader(machine, epoch, salt).encode();
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    CacheFileWriter writer =
        new CacheFileWriter(channel, new RecordCipher(key.fileKey(salt), header));
    writer.put(header, header.length);
    return writer;
  }

  /** Writes one record; it is durable after the next {@link #sync}. */
  void append(CacheEntry entry) throws IOException {
    Frame frame = entry.frame();
    cipher.encrypt(counter++);
    putInt(Long.BYTES + frame.length() + RecordCipher.TAG_BYTES);
    ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putLong(0, entry.unixMillis());
    System.arraycopy(frame.header().encode(), 0, head, Long.BYTES, FrameHeader.BYTES);
    put(sealed, cipher.update(head, 0, head.length, sealed));
    byte[] body = frame.body();
    int at = 0;
    while (body.length - at > SLICE) {
      put(sealed, cipher.update(body, at, SLICE, sealed));
      at += SLICE;
    }
    put(sealed, cipher.finish(body, at, body.length - at, sealed));
  }

  /** Makes every record so far durable; returns the file's length. */
  long sync() throws IOException {
    flush();
    channel.force(false);
    return length;
  }

  /** Where the next record begins. */
  CachePlace place(long file) {
    return new CachePlace(file, length(), counter);
  }

  /** Bytes written, the buffered ones included. */
  long length() {
    return length + staging.position();
  }

  /** Ends the file at a length known to be durable, after a write or a sync failed. */
  void closeAt(long durable) throws IOException {
    try (channel) {
      channel.truncate(durable);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void putInt(int value) throws IOException {
    if (staging.remaining() < 4) {
      flush();
    }
    staging.putInt(value);
  }

  private void put(byte[] bytes, int count) throws IOException {
    int done = 0;
    while (done < count) {
      if (!staging.hasRemaining()) {
        flush();
      }
      int take = Math.min(staging.remaining(), count - done);
      staging.put(bytes, done, take);
      done += take;
    }
  }

  private void flush() throws IOException {
    staging.flip();
    while (staging.hasRemaining()) {
      length += channel.write(staging);
    }
    staging.clear();
  }
}
