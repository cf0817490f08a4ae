package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** The sizes that the testbed's regions offer, with Azure's figures. */
record VmSize(String name, String family, int cores, int memoryMiB, int dataDisks, int nics) {

  static final List<VmSize> ALL =
      List.of(
          new VmSize("Standard_B1s", "standardBSFamily", 1, 1024, 2, 2),
          new VmSize("Standard_B1ms", "standardBSFamily", 1, 2048, 2, 2),
          new VmSize("Standard_B2s", "standardBSFamily", 2, 4096, 4, 3),
          new VmSize("Standard_B2ms", "standardBSFamily", 2, 8192, 4, 3),
          new VmSize("Standard_B4ms", "standardBSFamily", 4, 16384, 8, 4),
          new VmSize("Standard_D2s_v5", "standardDSv5Family", 2, 8192, 4, 2),
          new VmSize("Standard_D4s_v5", "standardDSv5Family", 4, 16384, 8, 2),
          new VmSize("Standard_D8s_v5", "standardDSv5Family", 8, 32768, 16, 4),
          new VmSize("Standard_D16s_v5", "standardDSv5Family", 16, 65536, 32, 8),
          new VmSize("Standard_E2s_v5", "standardESv5Family", 2, 16384, 4, 2),
          new VmSize("Standard_E4s_v5", "standardESv5Family", 4, 32768, 8, 2),
          new VmSize("Standard_E64s_v5", "standardESv5Family", 64, 524288, 32, 8));

  static Optional<VmSize> named(String name) {
    return ALL.stream().filter(size -> size.name().equalsIgnoreCase(name)).findFirst();
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("name", name).put("numberOfCores", cores).put("memoryInMB", memoryMiB);
    json.put("maxDataDiskCount", dataDisks);
    return json.put("osDiskSizeInMB", 1047552).put("resourceDiskSizeInMB", 0);
  }
}
