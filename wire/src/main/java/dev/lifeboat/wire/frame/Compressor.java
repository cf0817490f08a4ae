package dev.lifeboat.wire.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.Closeable;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/**
 * Compresses bodies into a buffer that it reuses, and gives up early on what does not shrink. Not
 * thread-safe; whoever makes one closes it.
 */
public final class Compressor implements Closeable {
  /** A body is stored compressed only if it shrinks to at most this many percent. */
  private static final int WORTHWHILE_PERCENT = 92;

  private static final int SAMPLE = 4096;
  private static final int SAMPLES = 3;

  /** Level 1: what is quick enough for the data path. */
  private static final int ZSTD_LEVEL = 1;

  private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
  private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
  private byte[] buffer = new byte[0];

  /**
   * Compresses into {@link #buffer()}.
   *
   * @return the compressed length, or -1 if it is not worth it
   */
  int compress(Codec codec, byte[] raw, int length) {
    if (codec == Codec.NONE || length < SAMPLE / 16 || !sampleShrinks(codec, raw, length)) {
      return -1;
    }
    int stored = run(codec, raw, 0, length);
    return shrunk(stored, length) ? stored : -1;
  }

  /** What was compressed last. */
  byte[] buffer() {
    return buffer;
  }

  /** A body often mixes files: one sample that shrinks is enough to try the whole. */
  private boolean sampleShrinks(Codec codec, byte[] raw, int length) {
    if (length <= SAMPLES * SAMPLE) {
      return true;
    }
    for (int i = 1; i <= SAMPLES; i++) {
      int at = (int) ((long) (length - SAMPLE) * i / (SAMPLES + 1));
      if (shrunk(run(codec, raw, at, SAMPLE), SAMPLE)) {
        return true;
      }
    }
    return false;
  }

  private int run(Codec codec, byte[] raw, int offset, int length) {
    boolean fast = codec == Codec.LZ4;
    int bound =
        fast ? lz4.maxCompressedLength(length) : Math.toIntExact(Zstd.compressBound(length));
    if (buffer.length < bound) {
      buffer = new byte[bound];
    }
    return fast
        ? lz4.compress(raw, offset, length, buffer, 0, buffer.length)
        : zstd.compressByteArray(buffer, 0, buffer.length, raw, offset, length);
  }

  private static boolean shrunk(int stored, int length) {
    return (long) stored * 100 <= (long) length * WORTHWHILE_PERCENT;
  }

  @Override
  public void close() {
    zstd.close();
  }
}
