package dev.lifeboat.replicator.processserver.cache;

import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Frame;
import java.util.Optional;

/**
 * One frame on its way into the cache.
 *
 * @param unixMillis the moment a mark stands for; for other frames the moment they arrived
 * @param frame with its sequence
 * @param raw its body as decoded, for whoever reads it next, if it was decoded; read only
 */
public record CacheEntry(long unixMillis, Frame frame, Optional<byte[]> raw) {

  /** An entry whose body nobody has decoded. */
  public CacheEntry(long unixMillis, Frame frame) {
    this(unixMillis, frame, Optional.empty());
  }

  /** Bytes of memory: the frame, and its decoded body where that is another array. */
  public long memory() {
    boolean decoded = raw.isPresent() && frame.header().codec() != Codec.NONE;
    return frame.length() + (decoded ? raw.get().length : 0L);
  }
}
