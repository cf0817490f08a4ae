package dev.lifeboat.replicator.processserver.cache;

import dev.lifeboat.wire.frame.Frame;

/**
 * One frame on its way into the cache.
 *
 * @param unixMillis the moment a mark stands for; for other frames the moment they arrived
 * @param frame with its sequence
 */
public record CacheEntry(long unixMillis, Frame frame) {}
