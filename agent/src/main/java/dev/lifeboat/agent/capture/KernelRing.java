package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lifeboat.agent.kernel.BpfMap;
import dev.lifeboat.agent.kernel.KernelException;
import dev.lifeboat.agent.kernel.Mapping;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** The ring in the kernel's memory: a page we write to, and what only the kernel writes. */
final class KernelRing implements RingMemory, AutoCloseable {
  private static final int PAGE = 4096;
  private static final VarHandle POSITION = JAVA_LONG.varHandle();
  private static final VarHandle WORD = JAVA_INT.varHandle();

  private final Mapping consumer;
  private final Mapping data;
  private final MemorySegment memory;
  private final long size;

  KernelRing(BpfMap ring) throws KernelException {
    size = ring.shape().entries() & 0xffffffffL;
    consumer = ring.map(0, PAGE, true);
    data = ring.map(PAGE, PAGE + 2 * size, false);
    memory = data.memory();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long consumer() {
    return (long) POSITION.getAcquire(consumer.memory(), 0L);
  }

  @Override
  public void consumer(long position) {
    POSITION.setRelease(consumer.memory(), 0L, position);
  }

  @Override
  public long producer() {
    return (long) POSITION.getAcquire(memory, 0L);
  }

  private long place(long position) {
    return PAGE + (position & (size - 1));
  }

  @Override
  public int header(long position) {
    return (int) WORD.getAcquire(memory, place(position));
  }

  @Override
  public MemorySegment bytes(long position, long length) {
    return memory.asSlice(place(position), length);
  }

  @Override
  public void close() {
    consumer.close();
    data.close();
  }
}
