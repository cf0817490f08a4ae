package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/** The shared maps without a kernel. */
final class FakeMemory implements SharedMemory {
  private final Map<Part, MemorySegment> parts = new EnumMap<>(Part.class);

  @Override
  public MemorySegment of(Part part) {
    return parts.computeIfAbsent(part, _ -> Arena.ofAuto().allocate(4 << 20, 8));
  }
}
