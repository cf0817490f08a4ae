package dev.lifeboat.replicator.processserver.listener;

import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Where a session gets the machine from whose agent it greets. */
@FunctionalInterface
public interface MachineHost {
  /**
   * Makes the machine ready on this server: takes it over if it is another's. Returns at once;
   * completes on any thread, with a {@link RefusedException} if the machine cannot be served.
   */
  CompletionStage<ServedMachine> open(UUID machine);
}
