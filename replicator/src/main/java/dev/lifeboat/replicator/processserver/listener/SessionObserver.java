package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.wire.protocol.Refusal;

/** What a machine tells its session, from any thread; both return at once. */
public interface SessionObserver {
  /** Durable, uploaded or the cache's mood has changed. */
  void progressed();

  /** The machine is not served here any more. */
  void lost(Refusal refusal, String text);
}
