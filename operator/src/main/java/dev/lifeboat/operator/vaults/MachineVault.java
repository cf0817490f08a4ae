package dev.lifeboat.operator.vaults;

import dev.lifeboat.vault.head.Head;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * One policy's vault. Calls fail with an {@link IOException} whose message says what to do. Every
 * call may be repeated. Thread-safe.
 */
public interface MachineVault {

  /** Makes the containers that are missing, and proves that they can be read and written. */
  void prepare() throws IOException;

  /** Makes a machine's data key and head where they are missing. */
  void createMachine(UUID machine) throws IOException;

  Optional<Head> head(UUID machine) throws IOException;

  /**
   * Changes the head by compare-and-swap; the change is applied again to what it finds when another
   * was faster. Returns what the head is then.
   */
  Head changeHead(UUID machine, UnaryOperator<Head> change) throws IOException;

  /** The points that can be brought back, oldest first. */
  List<VaultPoint> points(UUID machine) throws IOException;

  /**
   * Tells process servers of certificates that are revoked too, by their serials in hexadecimal.
   */
  void deny(Set<String> serials) throws IOException;
}
