package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.point.LogView;

/** Where a machine's log is read from: the container, the key, and what a walk found. */
public record HydrationSource(BlobStore store, DataKey key, LogView view) {}
