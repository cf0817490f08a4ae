package dev.lifeboat.vault.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Compresses chunks, unless a sample shows no gain, and seals them. Not thread-safe. */
final class ChunkSealer implements Closeable {

  private static final int SAMPLES = 4;
  private static final int SAMPLE = 4 << 10;
  private static final int LEVEL = 1;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(LEVEL);
  private final byte[] packed = new byte[(int) Zstd.compressBound(ChunkPlace.MAX_RAW)];
  private final byte[] sample = new byte[SAMPLES * SAMPLE];
  private final SliceCipher cipher;
  private final byte[] aad;
  private final List<ChunkPlace> chunks = new ArrayList<>();
  private final List<byte[]> sealed = new ArrayList<>();
  private long end = SegmentHeader.BYTES;

  ChunkSealer(SliceCipher cipher, byte[] aad) {
    this.cipher = cipher;
    this.aad = aad;
  }

  void seal(byte[] payload, int start, int length) {
    int size = shrinks(payload, start, length) ? compress(payload, start, length) : length;
    boolean compressed = size < length;
    if (!compressed) {
      System.arraycopy(payload, start, packed, 0, length);
      size = length;
    }
    add(packed, size, length, compressed);
  }

  /** Seals a zstd frame as it is; returns the chunk's number. */
  int pass(byte[] frame, int rawLength) {
    add(frame, frame.length, rawLength, true);
    return chunks.size() - 1;
  }

  private void add(byte[] stored, int size, int rawLength, boolean compressed) {
    byte[] chunk = cipher.seal(stored, size, chunks.size(), aad);
    chunks.add(new ChunkPlace(end, chunk.length, rawLength, compressed));
    sealed.add(chunk);
    end += chunk.length;
  }

  private int compress(byte[] payload, int start, int length) {
    return zstd.compressByteArray(packed, 0, packed.length, payload, start, length);
  }

  /** Whether a few pieces of it get smaller by a sixteenth at least. */
  private boolean shrinks(byte[] payload, int start, int length) {
    if (length <= 4 * sample.length) {
      return true;
    }
    int stride = (length - SAMPLE) / (SAMPLES - 1);
    for (int i = 0; i < SAMPLES; i++) {
      System.arraycopy(payload, start + i * stride, sample, i * SAMPLE, SAMPLE);
    }
    int size = zstd.compressByteArray(packed, 0, packed.length, sample, 0, sample.length);
    return size < sample.length - sample.length / 16;
  }

  List<ChunkPlace> chunks() {
    return chunks;
  }

  List<byte[]> sealed() {
    return sealed;
  }

  /** Where the next chunk, or the footer, begins in the blob. */
  long end() {
    return end;
  }

  @Override
  public void close() {
    Arrays.fill(packed, (byte) 0);
    zstd.close();
  }
}
