package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import dev.lifeboat.agent.kernel.BpfMap;
import dev.lifeboat.agent.kernel.KernelException;
import dev.lifeboat.agent.kernel.Mapping;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/** The running kernel's maps. */
final class Memories implements SharedMemory, AutoCloseable {
  private static final int PAGE = 4096;
  private static final Part[] SHARED = {
    Part.COUNTERS,
    Part.PER_DISK,
    Part.FLIGHT,
    Part.OWN,
    Part.LOST,
    Part.HEADER,
    Part.DIRECTORY,
    Part.DIRTY,
    Part.SHIPPED_EVEN,
    Part.SHIPPED_ODD
  };

  private final Map<Part, Mapping> mappings = new EnumMap<>(Part.class);

  Memories(KernelObjects objects) throws KernelException {
    try {
      for (Part part : SHARED) {
        BpfMap map = objects.map(part);
        BpfMap.Shape shape = map.shape();
        long bytes = (long) shape.valueSize() * shape.entries();
        mappings.put(part, map.map(0, (bytes + PAGE - 1) / PAGE * PAGE, true));
      }
    } catch (KernelException e) {
      close();
      throw e;
    }
  }

  @Override
  public MemorySegment of(Part part) {
    return mappings.get(part).memory();
  }

  @Override
  public void close() {
    mappings.values().forEach(Mapping::close);
  }
}
