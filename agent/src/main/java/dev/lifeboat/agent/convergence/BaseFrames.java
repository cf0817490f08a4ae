package dev.lifeboat.agent.convergence;

import dev.lifeboat.agent.capture.CapturedDisk;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RecordKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Makes BASE frames of blocks: zeros travel as ranges. Not thread-safe. */
public final class BaseFrames {
  private static final int BLOCK = 4096;
  private static final MemorySegment ZEROS = Arena.global().allocate(BLOCK);

  private final Codec codec;
  private final Compressor compressor;
  private final LongSupplier bootNanos;

  /** Its buffer is as large as a read: one serves all. */
  private FrameBuilder builder;

  /**
   * @param compressor stays with its owner, who closes it
   */
  public BaseFrames(Codec codec, Compressor compressor, LongSupplier bootNanos) {
    this.codec = codec;
    this.compressor = compressor;
    this.bootNanos = bootNanos;
  }

  /** What a frame is made for: whose log, where the log stands, where the blocks were read. */
  record Place(Origin origin, Chain chain, long position) {}

  /** A frame of the blocks; none if they are all zeros and those are left out. */
  Optional<Frame> frame(
      Place place, CapturedDisk disk, long offset, MemorySegment blocks, boolean zerosOut) {
    long size = blocks.byteSize();
    if (zerosOut && allZero(blocks)) {
      return Optional.empty();
    }
    if (builder == null) {
      builder = FrameBuilder.base(place.origin(), place.position(), place.chain());
    } else {
      builder.moveTo(place.origin(), place.position(), place.chain());
    }
    for (long at = 0; at < size; ) {
      boolean zero = zeroAt(blocks, at);
      long end = Math.min(size, at + BLOCK);
      while (end < size && zeroAt(blocks, end) == zero) {
        end = Math.min(size, end + BLOCK);
      }
      if (!zero) {
        builder.beginWrite(disk.id(), offset + at, (int) (end - at), place.position());
        builder.payload(blocks.asSlice(at, end - at));
      } else if (!zerosOut) {
        builder.range(RecordKind.ZERO, disk.id(), offset + at, end - at, place.position());
      }
      at = end;
    }
    return builder.isEmpty()
        ? Optional.empty()
        : Optional.of(builder.build(codec, compressor, bootNanos.getAsLong()));
  }

  private static boolean allZero(MemorySegment blocks) {
    for (long at = 0; at < blocks.byteSize(); at += BLOCK) {
      if (!zeroAt(blocks, at)) {
        return false;
      }
    }
    return true;
  }

  private static boolean zeroAt(MemorySegment blocks, long at) {
    long length = Math.min(BLOCK, blocks.byteSize() - at);
    return MemorySegment.mismatch(blocks, at, at + length, ZEROS, 0, length) < 0;
  }
}
