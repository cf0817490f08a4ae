package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.RecordKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The far side of a test: applies the log to a file per disk. */
public final class Replica implements RecordSink, AutoCloseable {
  /** What was applied, for comparisons. */
  public record Applied(RecordKind kind, int disk, long offset, long length, long position) {}

  private static final int SECTOR = 512;

  private final Path directory;
  private final Map<Integer, FileChannel> files = new HashMap<>();
  private final Map<Integer, BitSet> unmapped = new HashMap<>();
  private final Map<RecordKind, Long> bytes = new EnumMap<>(RecordKind.class);
  private final List<Applied> log = new ArrayList<>();
  private Chain chain = Chain.START;
  private int disk;
  private long at;

  public Replica(Path directory) {
    this.directory = directory;
  }

  private FileChannel file(int id) {
    return files.computeIfAbsent(
        id,
        key -> {
          try {
            return FileChannel.open(
                path(key),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  public Path path(int id) {
    return directory.resolve("replica-" + id);
  }

  @Override
  public void write(int id, long offset, int length, long position) {
    note(RecordKind.WRITE, id, offset, length, position);
    disk = id;
    at = offset;
    holes(id).clear(sector(offset), sector(offset + length));
  }

  private void note(RecordKind kind, int id, long offset, long length, long position) {
    log.add(new Applied(kind, id, offset, length, position));
    bytes.merge(kind, length, Long::sum);
    byte[] header =
        (kind + " " + id + " " + offset + " " + length + " " + position)
            .getBytes(StandardCharsets.UTF_8);
    chain = chain.next(header, 0, header.length);
  }

  private static int sector(long offset) {
    return Math.toIntExact(offset / SECTOR);
  }

  private BitSet holes(int id) {
    return unmapped.computeIfAbsent(id, key -> new BitSet());
  }

  @Override
  public void payload(MemorySegment piece) {
    byte[] content = piece.toArray(ValueLayout.JAVA_BYTE);
    chain = chain.next(content, 0, content.length);
    put(disk, at, ByteBuffer.wrap(content));
    at += content.length;
  }

  private void put(int id, long offset, ByteBuffer content) {
    try {
      long place = offset;
      while (content.hasRemaining()) {
        place += file(id).write(content, place);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void range(RecordKind kind, int id, long offset, long length, long position) {
    note(kind, id, offset, length, position);
    if (kind == RecordKind.ZERO || kind == RecordKind.UNMAP) {
      ByteBuffer zeroes = ByteBuffer.allocate(1 << 20);
      for (long done = 0; done < length; done += zeroes.capacity()) {
        zeroes.clear().limit((int) Math.min(zeroes.capacity(), length - done));
        put(id, offset + done, zeroes);
      }
      holes(id).set(sector(offset), sector(offset + length), kind == RecordKind.UNMAP);
    }
  }

  @Override
  public Chain chain() {
    return chain;
  }

  public void chain(Chain from) {
    chain = from;
  }

  public List<Applied> log() {
    return log;
  }

  public long bytes(RecordKind kind) {
    return bytes.getOrDefault(kind, 0L);
  }

  /** Reads a granule of the disk itself into the replica. */
  public void copyGranule(CapturedDisk source, long granule) throws IOException {
    long offset = granule * ChangeMap.GRANULE;
    int length = (int) Math.min(ChangeMap.GRANULE, source.size() - offset);
    put(source.id(), offset, Sectors.read(source.device(), offset, length));
    holes(source.id()).clear(sector(offset), sector(offset + length));
  }

  /** The first sector that differs from the device and is not unmapped, or -1. */
  public long firstDifference(Path device, int id, long size) throws IOException {
    int step = 1 << 20;
    for (long offset = 0; offset < size; offset += step) {
      int length = (int) Math.min(step, size - offset);
      byte[] there = Sectors.read(device, offset, length).array();
      ByteBuffer here = ByteBuffer.allocate(length);
      int ignored = file(id).read(here, offset);
      for (int i = 0; i < length; i += SECTOR) {
        if (!holes(id).get(sector(offset + i))
            && !Arrays.equals(there, i, i + SECTOR, here.array(), i, i + SECTOR)) {
          return sector(offset + i);
        }
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel file : files.values()) {
      file.close();
    }
  }
}
