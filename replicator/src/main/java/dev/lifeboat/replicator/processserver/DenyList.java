package dev.lifeboat.replicator.processserver;

import dev.lifeboat.vault.head.Denied;
import java.io.IOException;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serials of certificates that are revoked, read again from the vault all the time. While the vault
 * does not answer, the last list holds. Thread-safe.
 */
final class DenyList implements Predicate<String> {
  /** An agent that was denied is sent away within a minute: this, and a ping. */
  static final long LOOK_SECONDS = 15;

  private static final Logger LOG = LoggerFactory.getLogger(DenyList.class);

  private final Denied denied;
  private volatile Set<String> serials = Set.of();

  DenyList(Denied denied) {
    this.denied = denied;
  }

  /** Reads the list. */
  void look() {
    try {
      serials = denied.read();
    } catch (IOException e) {
      LOG.warn("the deny-list cannot be read, the last one holds: {}", e.getMessage());
    }
  }

  @Override
  public boolean test(String serial) {
    return serials.contains(serial);
  }
}
