package dev.lifeboat.replicator.processserver.cache;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room the cache volume has left, as a level that moves the credit of the agents. Looked
 * at about once a second by the process server; read by everyone.
 */
public final class CacheSpace {
  private static final Logger LOG = LoggerFactory.getLogger(CacheSpace.class);

  /** From plenty to none. */
  public enum Level {
    NORMAL(0, 1),
    /** Below 30 % free. */
    WARNING(1, 0.30),
    /** Below 25 % free. */
    CRITICAL(2, 0.25),
    /** Below 20 % free: agents get half of their credit. */
    THROTTLED(3, 0.20),
    /** Below 1 % free: agents get none. */
    FULL(4, 0.01);

    private final double below;

    private final int rank;

    Level(int rank, double below) {
      this.rank = rank;
      this.below = below;
    }

    /** 0 for plenty to 4 for none. */
    public int rank() {
      return rank;
    }

    /** The level of a share of free bytes, 0 to 1. */
    static Level of(double free) {
      Level found = NORMAL;
      for (Level level : values()) {
        if (free < level.below) {
          found = level;
        }
      }
      return found;
    }
  }

  private final CacheVolume volume;
  private volatile Level level = Level.NORMAL;
  private volatile long freeBytes;

  public CacheSpace(CacheVolume volume) {
    this.volume = volume;
  }

  /** Looks at the volume; tells the log of a change, once. True if the level has changed. */
  public boolean look() {
    Level before = level;
    try {
      freeBytes = volume.freeBytes();
      level = Level.of((double) freeBytes / Math.max(1, volume.totalBytes()));
    } catch (IOException e) {
      level = Level.FULL;
    }
    if (level == before) {
      return false;
    }
    String text = "cache volume: {} ({} MiB free), was {}";
    if (level.compareTo(before) > 0) {
      LOG.warn(text, level, freeBytes >> 20, before);
    } else {
      LOG.info(text, level, freeBytes >> 20, before);
    }
    return true;
  }

  public Level level() {
    return level;
  }

  public long freeBytes() {
    return freeBytes;
  }
}
