package dev.lifeboat.vault.segment;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.wire.frame.CorruptFrameException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;

/**
 * Reads a segment back: its header and footer at once, chunks as they are asked for. Everything is
 * bounded before it is allocated and authenticated before it is used; what does not hold is a
 * {@link DamagedBlobException} that names the blob. Thread-safe; nothing to close.
 */
public final class SegmentReader {

  private static final int TAIL = 128 << 10;

  /** The most that one call fetches. */
  private static final int FETCH = 4 << 20;

  /** So many bytes that nobody asked for cost less than another call. */
  private static final int GAP = 256 << 10;

  private final BlobStore store;
  private final SegmentHeader header;
  private final Footer footer;
  private final SecretKey key;
  private final byte[] stable;

  private SegmentReader(BlobStore store, SegmentHeader header, Footer footer, SecretKey key) {
    this.store = store;
    this.header = header;
    this.footer = footer;
    this.key = key;
    this.stable = Arrays.copyOf(header.encode(), SegmentHeader.STABLE_BYTES);
  }

  /** Opens the blob of {@code size} bytes. */
  public static SegmentReader open(BlobStore store, SegmentId id, long size, DataKey dataKey)
      throws IOException {
    String blob = id.blobName();
    SegmentHeader header = SegmentHeader.decode(read(store, blob, 0, SegmentHeader.BYTES), id);
    if (header.isTombstone()) {
      throw new DamagedBlobException(blob, "it is a tombstone where a segment should be");
    }
    if (size < SegmentHeader.BYTES + Trailer.BYTES) {
      throw new DamagedBlobException(blob, "truncated: it has " + size + " bytes");
    }
    SecretKey key = dataKey.segmentKey(header.salt().bytes());
    Footer footer = footer(blob, header, sealedFooter(store, blob, size), key);
    return new SegmentReader(store, header, footer, key);
  }

  /** Reads the end of the blob in one call, and a second one only for a very large footer. */
  private static byte[] sealedFooter(BlobStore store, String blob, long size) throws IOException {
    int tail = (int) Math.min(TAIL, size - SegmentHeader.BYTES);
    byte[] end = read(store, blob, size - tail, tail);
    Trailer trailer =
        Trailer.decode(Arrays.copyOfRange(end, tail - Trailer.BYTES, tail), size, blob);
    int within = tail - Trailer.BYTES - trailer.footerLength();
    return within >= 0
        ? Arrays.copyOfRange(end, within, tail - Trailer.BYTES)
        : read(store, blob, trailer.footerOffset(), trailer.footerLength());
  }

  static Footer footer(String blob, SegmentHeader header, byte[] sealed, SecretKey key)
      throws DamagedBlobException {
    try {
      byte[] plain = new byte[Math.max(0, SliceCipher.openedLength(sealed.length))];
      int length =
          new SliceCipher(key)
              .open(ByteBuffer.wrap(sealed), SliceCipher.FOOTER, header.encode(), plain);
      return FooterCodec.decode(plain, length);
    } catch (AEADBadTagException e) {
      throw new DamagedBlobException(blob, "header or footer were altered: wrong tag", e);
    } catch (CorruptFrameException e) {
      throw new DamagedBlobException(blob, "its footer is wrong: " + e.getMessage(), e);
    }
  }

  public SegmentHeader header() {
    return header;
  }

  public Footer footer() {
    return footer;
  }

  /** The log behind this segment. */
  public Tip tip() {
    return new Tip(header.lineage(), header.lastSequence(), header.lastPosition(), footer.behind());
  }

  /** Takes a chunk whose payload now lies in the workspace. */
  @FunctionalInterface
  public interface ChunkSink {
    void chunk(int chunk) throws IOException;
  }

  /**
   * Fetches chunks, neighbours in one call, and opens them one by one into {@code work}, whose raw
   * bytes hold the payload until {@code sink} returns. Holds {@link #FETCH} bytes at most.
   */
  public void read(BitSet chunks, Workspace work, ChunkSink sink) throws IOException {
    SliceCipher cipher = new SliceCipher(key);
    List<ChunkPlace> places = footer.chunks();
    int first = chunks.nextSetBit(0);
    while (first >= 0) {
      int last = lastOfCall(chunks, first);
      long start = places.get(first).offset();
      long end = places.get(last).offset() + places.get(last).sealedLength();
      byte[] sealed = read(store, header.id().blobName(), start, Math.toIntExact(end - start));
      for (int chunk = first; chunk >= 0 && chunk <= last; chunk = chunks.nextSetBit(chunk + 1)) {
        ChunkPlace place = places.get(chunk);
        int at = Math.toIntExact(place.offset() - start);
        open(chunk, ByteBuffer.wrap(sealed, at, place.sealedLength()), cipher, work);
        sink.chunk(chunk);
      }
      first = chunks.nextSetBit(last + 1);
    }
  }

  /** The last chunk that one call fetches beside the first: what lies between is fetched too. */
  private int lastOfCall(BitSet chunks, int first) {
    List<ChunkPlace> places = footer.chunks();
    long start = places.get(first).offset();
    int last = first;
    for (int next = chunks.nextSetBit(first + 1); next >= 0; next = chunks.nextSetBit(next + 1)) {
      ChunkPlace before = places.get(last);
      ChunkPlace place = places.get(next);
      boolean near = place.offset() - before.offset() - before.sealedLength() <= GAP;
      if (!near || place.offset() + place.sealedLength() - start > FETCH) {
        break;
      }
      last = next;
    }
    return last;
  }

  private void open(int chunk, ByteBuffer sealed, SliceCipher cipher, Workspace work)
      throws DamagedBlobException {
    ChunkPlace place = footer.chunks().get(chunk);
    String blob = header.id().blobName();
    byte[] target = place.compressed() ? work.packed : work.raw;
    try {
      int length = cipher.open(sealed, chunk, stable, target);
      if (place.compressed()) {
        length = work.zstd.decompressByteArray(work.raw, 0, place.rawLength(), target, 0, length);
      }
      if (length != place.rawLength()) {
        throw new DamagedBlobException(blob, "chunk " + chunk + " has a wrong length");
      }
    } catch (AEADBadTagException e) {
      throw new DamagedBlobException(blob, "chunk " + chunk + " was altered: wrong tag", e);
    } catch (ZstdException e) {
      throw new DamagedBlobException(blob, "chunk " + chunk + " does not decompress", e);
    }
  }

  private static byte[] read(BlobStore store, String blob, long offset, int length)
      throws IOException {
    byte[] bytes =
        store
            .readRange(blob, offset, length)
            .orElseThrow(() -> new DamagedBlobException(blob, "missing"));
    if (bytes.length != length) {
      throw new DamagedBlobException(
          blob, "truncated: " + length + " bytes at " + offset + " are not there");
    }
    return bytes;
  }

  /** What a thread needs to open chunks; reused from chunk to chunk. Whoever makes it closes it. */
  public static final class Workspace implements AutoCloseable {

    private final byte[] raw = new byte[ChunkPlace.MAX_RAW];
    private final byte[] packed = new byte[ChunkPlace.MAX_RAW];
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

    /** The payload of the chunk opened last: the array itself. */
    public byte[] raw() {
      return raw;
    }

    @Override
    public void close() {
      zstd.close();
    }
  }
}
