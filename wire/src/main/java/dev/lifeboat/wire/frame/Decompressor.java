package dev.lifeboat.wire.frame;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.Closeable;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Gives back the raw bodies of frames, by native contexts that it reuses. Not thread-safe; whoever
 * makes one closes it.
 */
public final class Decompressor implements Closeable {
  private final LZ4SafeDecompressor lz4 = LZ4Factory.fastestInstance().safeDecompressor();
  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

  /**
   * The body as it was before it was stored: checked against its CRC, of exactly the length that
   * the header says. A body that was stored plain is returned itself: read only.
   */
  public byte[] raw(Frame frame) throws CorruptFrameException {
    frame.checkBody();
    FrameHeader header = frame.header();
    byte[] stored = frame.body();
    if (header.codec() == Codec.NONE) {
      return stored;
    }
    byte[] raw = new byte[header.rawLength()];
    int length;
    try {
      length =
          header.codec() == Codec.LZ4
              ? lz4.decompress(stored, 0, stored.length, raw, 0, raw.length)
              : zstd.decompressByteArray(raw, 0, raw.length, stored, 0, stored.length);
    } catch (LZ4Exception | ZstdException e) {
      throw new CorruptFrameException("body does not decompress", e);
    }
    if (length != raw.length) {
      throw new CorruptFrameException("body is " + length + " bytes, not " + raw.length);
    }
    return raw;
  }

  @Override
  public void close() {
    zstd.close();
  }
}
