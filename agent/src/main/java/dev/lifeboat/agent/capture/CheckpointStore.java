package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lifeboat.wire.frame.Chain;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The released checkpoint in memory that outlives the process: two places by turns, each with a
 * checksum, so that a process killed within a store leaves the one before. One thread.
 */
final class CheckpointStore {
  /** Bytes that it needs. */
  static final int BYTES = 128;

  private static final int PLACE = 64;
  private static final int WORDS = 5;

  private final MemorySegment memory;
  private long turn;

  CheckpointStore(MemorySegment memory) {
    this.memory = memory;
    turn = Math.max(Math.max(turn(0), turn(1)), 0);
  }

  /** Keeps a checkpoint; it is whole before this returns. */
  void store(Checkpoint checkpoint) {
    long next = turn + 1;
    long at = (next & 1) * PLACE;
    long[] words = {
      next,
      checkpoint.position(),
      checkpoint.chain().high(),
      checkpoint.chain().low(),
      checkpoint.heldFrom()
    };
    memory.set(JAVA_LONG, at + WORDS * 8L, 0);
    VarHandle.fullFence();
    for (int i = 0; i < WORDS; i++) {
      memory.set(JAVA_LONG, at + 8L * i, words[i]);
    }
    VarHandle.fullFence();
    memory.set(JAVA_LONG, at + WORDS * 8L, checksum(words));
    VarHandle.fullFence();
    turn = next;
  }

  /** The newest whole one. */
  Optional<Checkpoint> load() {
    int place = turn(0) > turn(1) ? 0 : 1;
    return turn(place) < 0 ? Optional.empty() : Optional.of(read(place));
  }

  /**
   * The newest whole one that holds from there: consumer position and checkpoint belong together.
   */
  Optional<Checkpoint> load(long heldFrom) {
    int newer = turn(0) > turn(1) ? 0 : 1;
    for (int place : new int[] {newer, 1 - newer}) {
      if (turn(place) >= 0 && read(place).heldFrom() == heldFrom) {
        return Optional.of(read(place));
      }
    }
    return Optional.empty();
  }

  private Checkpoint read(int place) {
    long[] words = words(place);
    return new Checkpoint(words[1], new Chain(words[2], words[3]), words[4]);
  }

  private long[] words(int place) {
    long[] words = new long[WORDS];
    for (int i = 0; i < WORDS; i++) {
      words[i] = memory.get(JAVA_LONG, (long) place * PLACE + 8L * i);
    }
    return words;
  }

  /** The turn of a place, or -1 where it is not whole. */
  private long turn(int place) {
    long[] words = words(place);
    long sum = memory.get(JAVA_LONG, (long) place * PLACE + WORDS * 8L);
    return words[0] > 0 && sum == checksum(words) ? words[0] : -1;
  }

  private static long checksum(long[] words) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * words.length);
    for (long word : words) {
      bytes.putLong(word);
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.flip());
    return crc.getValue() | 1L << 32;
  }
}
