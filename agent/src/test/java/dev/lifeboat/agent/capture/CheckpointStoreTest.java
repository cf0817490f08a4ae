package dev.lifeboat.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Chain;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class CheckpointStoreTest {
  private final MemorySegment memory = Arena.ofAuto().allocate(CheckpointStore.BYTES, 8);

  private static Checkpoint checkpoint(long number) {
    return new Checkpoint(number * 10, new Chain(number, -number), number * 9);
  }

  @Test
  void keepsTheNewestAndTheOneBefore() {
    CheckpointStore store = new CheckpointStore(memory);
    assertThat(store.load()).isEmpty();
    for (int i = 1; i <= 5; i++) {
      store.store(checkpoint(i));
      assertThat(new CheckpointStore(memory).load()).contains(checkpoint(i));
    }
    assertThat(store.load(9 * 5)).contains(checkpoint(5));
    assertThat(store.load(9 * 4)).contains(checkpoint(4));
    assertThat(store.load(9 * 3)).isEmpty();
    store.store(new Checkpoint(60, new Chain(6, 6), 45));
    assertThat(store.load(45)).map(Checkpoint::position).contains(60L);
  }

  @Test
  void aTornStoreLeavesTheOneBefore() {
    CheckpointStore store = new CheckpointStore(memory);
    store.store(checkpoint(1));
    store.store(checkpoint(2));
    byte[] before = memory.toArray(ValueLayout.JAVA_BYTE);
    store.store(checkpoint(3));
    byte[] after = memory.toArray(ValueLayout.JAVA_BYTE);
    for (int torn = 0; torn < after.length; torn++) {
      MemorySegment mixed = Arena.ofAuto().allocate(CheckpointStore.BYTES, 8);
      MemorySegment.copy(MemorySegment.ofArray(after), 0, mixed, 0, torn);
      MemorySegment.copy(MemorySegment.ofArray(before), torn, mixed, torn, before.length - torn);
      assertThat(new CheckpointStore(mixed).load(18)).contains(checkpoint(2));
      CheckpointStore again = new CheckpointStore(mixed);
      Checkpoint newest = again.load().orElseThrow();
      again.store(checkpoint(4));
      assertThat(again.load(newest.heldFrom())).contains(newest);
      assertThat(again.load(36)).contains(checkpoint(4));
    }
  }
}
