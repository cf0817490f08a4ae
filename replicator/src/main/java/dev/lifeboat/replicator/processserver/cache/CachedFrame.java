package dev.lifeboat.replicator.processserver.cache;

import dev.lifeboat.wire.frame.Frame;

/**
 * One frame out of the cache, verified.
 *
 * @param unixMillis the moment a mark stands for; for other frames the moment they arrived
 * @param place right behind its record: where reading goes on, and what is given free up to
 */
public record CachedFrame(long unixMillis, Frame frame, CachePlace place) {}
