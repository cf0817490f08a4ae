package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.replicator.processserver.log.MachineLog;
import dev.lifeboat.replicator.processserver.log.MarkClock;

/** A machine that this server owns, as a session sees it. Thread-safe. */
public interface ServedMachine {
  /** The epoch in which this server owns it. */
  long epoch();

  MachineLog log();

  MarkClock clock();

  /** From now on this session is told of progress, and nobody else. */
  void observe(SessionObserver observer);
}
