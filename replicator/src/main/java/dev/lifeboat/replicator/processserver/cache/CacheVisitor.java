package dev.lifeboat.replicator.processserver.cache;

/** Sees the frames of a recovered cache, in log order. */
@FunctionalInterface
public interface CacheVisitor {
  /** One verified frame. */
  void frame(CachedFrame frame);
}
