package dev.lifeboat.replicator.processserver.log;

import dev.lifeboat.replicator.processserver.cache.CachePlace;
import dev.lifeboat.replicator.processserver.cache.CachedFrame;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.MarkBody;
import java.util.Optional;

/**
 * Puts together where a log stands after a restart, from the vault's tip and the frames of the
 * cache in order. Not thread-safe; used up by the {@link MachineLog} made of it.
 */
public final class Recovered {
  private final Tip uploaded;
  private final MarkClock clock;
  private final RecentFrames recent = new RecentFrames();
  private Tip tip;
  private Optional<String> hole = Optional.empty();
  private Optional<CachePlace> start = Optional.empty();

  /**
   * @param uploaded where the log ends in the vault
   * @param clock is told about the marks
   */
  public Recovered(Tip uploaded, MarkClock clock) {
    this.uploaded = uploaded;
    this.tip = uploaded;
    this.clock = clock;
    if (!uploaded.isNone()) {
      recent.know(uploaded.lineage());
    }
  }

  /** The next frame of the cache. */
  public void frame(CachedFrame cached) {
    FrameHeader header = cached.frame().header();
    recent.add(header);
    if (header.kind() == FrameKind.MARK) {
      recall(cached);
    }
    boolean ofTip = header.origin().lineage().equals(tip.lineage());
    if (header.origin().lineage().equals(uploaded.lineage())
        && header.sequence() <= uploaded.sequence()) {
      // The vault's tip stands here or further on: whatever came before it in the cache is there.
      tip = uploaded;
      hole = Optional.empty();
      start = Optional.of(cached.place());
    } else if (header.sequence() == (ofTip ? tip.sequence() + 1 : 1)) {
      tip = tip.behind(header);
    } else if (hole.isEmpty()) {
      hole =
          Optional.of(
              "the cache goes on with sequence %d, what is known ends at %d"
                  .formatted(header.sequence(), tip.sequence()));
    }
  }

  private void recall(CachedFrame cached) {
    FrameHeader header = cached.frame().header();
    try {
      MarkBody mark = MarkBody.decode(cached.frame().body());
      clock.recall(header.origin().lineage(), mark.bootId(), mark.bootNanos(), cached.unixMillis());
    } catch (CorruptFrameException e) {
      throw new IllegalStateException(
          "a mark in the cache that was checked before it came there", e);
    }
  }

  /** Where the log ends. */
  public Tip tip() {
    return tip;
  }

  /** Where it ends in the vault. */
  public Tip uploaded() {
    return uploaded;
  }

  /** Why the cache cannot be used, if so: vault and cache do not meet. */
  public Optional<String> hole() {
    return hole;
  }

  /** Where the frames begin that the vault lacks; empty if that is the beginning of the cache. */
  public Optional<CachePlace> start() {
    return start;
  }

  RecentFrames recent() {
    return recent;
  }
}
