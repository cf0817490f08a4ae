package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A ring's bytes as {@link RingRecorder} kept them, to be read again and cut anywhere: what a power
 * cut at that position of the ring would have left.
 */
public final class RecordedRing implements RingMemory {
  private final MemorySegment bytes;
  private final long base;
  private final long begin;
  private long end;
  private long consumer;

  RecordedRing(MemorySegment bytes, long base, long begin) {
    this.bytes = bytes;
    this.base = base;
    this.begin = begin;
    end = begin + bytes.byteSize();
    consumer = begin;
  }

  /** Reads a recording. */
  public static RecordedRing of(Path file) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    long base = content.getLong();
    long begin = content.getLong();
    return new RecordedRing(MemorySegment.ofBuffer(content), base, begin);
  }

  /** The positions at which a record of the ring ends, in order: every place to cut at. */
  public List<Long> positions() {
    List<Long> all = new ArrayList<>();
    long at = begin;
    while (at < begin + bytes.byteSize()) {
      at += 8 + ((header(at) & 0x3fffffff) + 7L & ~7L);
      all.add(base + at);
    }
    return all;
  }

  /**
   * Hands over every write that ended at or before a position.
   *
   * @param disks from slot to disk id; slots are given in the order in which disks were protected
   */
  public Checkpoint replay(RecordSink sink, long position, IntUnaryOperator disks) {
    end = position - base;
    consumer = begin;
    RingReader reader = new RingReader(this, base, disks, processor -> 0);
    int delivered = 1;
    while (delivered > 0) {
      delivered = reader.poll(sink, Long.MAX_VALUE);
    }
    return new Checkpoint(base + reader.delivered(), sink.chain(), base + reader.heldFrom());
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public long consumer() {
    return consumer;
  }

  @Override
  public void consumer(long position) {
    consumer = position;
  }

  @Override
  public long producer() {
    return end;
  }

  @Override
  public int header(long position) {
    return bytes.get(JAVA_INT_UNALIGNED, position - begin);
  }

  @Override
  public MemorySegment bytes(long position, long length) {
    return bytes.asSlice(position - begin, length);
  }

  /** All bytes, for a file. */
  byte[] content() {
    return bytes.toArray(JAVA_BYTE);
  }
}
