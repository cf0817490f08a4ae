package dev.lifeboat.replicator.processserver.cache;

import dev.lifeboat.wire.frame.Frame;
import java.util.Optional;

/**
 * One frame out of the cache, verified.
 *
 * @param unixMillis the moment a mark stands for; for other frames the moment they arrived
 * @param place right behind its record: where reading goes on, and what is given free up to
 * @param raw its body as decoded, if it comes from memory; read only
 */
public record CachedFrame(long unixMillis, Frame frame, CachePlace place, Optional<byte[]> raw) {}
