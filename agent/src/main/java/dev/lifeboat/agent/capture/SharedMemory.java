package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import java.lang.foreign.MemorySegment;

/** The maps that both sides write to, as memory; in tests, memory alone. */
@FunctionalInterface
interface SharedMemory {
  /** The content of a map. */
  MemorySegment of(Part part);
}
