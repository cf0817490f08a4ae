package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.replicator.processserver.cache.CachePlace;
import dev.lifeboat.vault.head.Ownership;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.SegmentLog;
import java.util.Optional;

/**
 * What an uploader works on.
 *
 * @param segments the machine's log in the vault; each call is tried once
 * @param ownership where this server goes on in it
 * @param dataKey seals the segments
 * @param start where the frames begin in the cache that the vault lacks; empty: at its beginning
 */
public record UploadJob(
    SegmentLog segments, Ownership ownership, DataKey dataKey, Optional<CachePlace> start) {}
