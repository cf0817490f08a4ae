package dev.lifeboat.agent.shipping;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A machine as a snapshot keeps it: disks and state directory. */
record MachineCopy(Map<Integer, byte[]> disks, UUID lineage, long boot, Map<String, byte[]> state) {

  static MachineCopy of(Rig rig) {
    Map<Integer, byte[]> disks = new HashMap<>();
    rig.contents().forEach((id, bytes) -> disks.put(id, bytes.clone()));
    Map<String, byte[]> state = new HashMap<>();
    try (var files = Files.list(rig.state())) {
      for (Path file : files.toList()) {
        state.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new MachineCopy(disks, rig.lineage.lineage(), rig.lineage.boot(), state);
  }

  /** The machine is reverted to it and boots; its agent is not started yet. */
  void restore(Rig rig) {
    rig.kill();
    disks.forEach((id, bytes) -> rig.source.disk(id).replace(bytes));
    try {
      for (Map.Entry<String, byte[]> file : state.entrySet()) {
        Path fresh = rig.state().resolve(file.getKey() + ".tmp");
        Files.write(fresh, file.getValue());
        Files.move(fresh, rig.state().resolve(file.getKey()), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rig.lineage.set(lineage, boot, rig.bootId);
    rig.boot(boot + 1);
  }
}
