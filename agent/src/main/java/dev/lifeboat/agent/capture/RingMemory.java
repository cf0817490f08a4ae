package dev.lifeboat.agent.capture;

import java.lang.foreign.MemorySegment;

/**
 * The kernel's ring of records as {@link RingReader} sees it: mapped, or recorded. Positions count
 * bytes from the ring's beginning and never wrap.
 */
interface RingMemory {
  /** Bytes that can be held. */
  long size();

  /** What was given back. */
  long consumer();

  /** Gives back what stands before. */
  void consumer(long position);

  /** How far records are reserved. */
  long producer();

  /** The kernel's word before a record: length and two flags. Read with acquire. */
  int header(long position);

  /** Bytes between {@link #consumer()} and {@link #producer()}. */
  MemorySegment bytes(long position, long length);
}
