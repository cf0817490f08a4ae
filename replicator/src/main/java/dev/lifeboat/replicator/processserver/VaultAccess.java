package dev.lifeboat.replicator.processserver;

import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.head.Denied;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.vault.segment.SegmentLog;
import java.io.IOException;
import java.util.UUID;

/**
 * The vault as a process server uses it. Thread-safe.
 *
 * @param log tries again for a while what may succeed later
 * @param logOnce tries once: for uploads, which count and pace their tries themselves
 */
record VaultAccess(
    BlobStore log, BlobStore logOnce, Heads heads, Denied denied, RecoveryKey recoveryKey) {
  SegmentLog segments(UUID machine) {
    return new SegmentLog(log, machine);
  }

  SegmentLog segmentsOnce(UUID machine) {
    return new SegmentLog(logOnce, machine);
  }

  DataKey dataKey(UUID machine) throws IOException {
    return new DataKeys(log).load(machine, recoveryKey);
  }
}
