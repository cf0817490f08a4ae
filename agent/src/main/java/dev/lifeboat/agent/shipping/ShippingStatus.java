package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.convergence.Progress;
import java.util.UUID;

/**
 * Where shipping stands at a moment.
 *
 * @param connected whether a process server takes frames
 * @param server the one that is or will be greeted
 * @param trouble why it is not connected; empty if it is
 * @param ringFill 0 to 1
 * @param journalFiles files of tracked changes in use
 * @param journalTrouble why tracked changes cannot be written; empty if they can
 */
public record ShippingStatus(
    Progress progress,
    boolean connected,
    String server,
    String trouble,
    UUID lineage,
    long epoch,
    Figures figures,
    double ringFill,
    int journalFiles,
    String journalTrouble) {

  /**
   * Positions, sequences and marks.
   *
   * @param producer where the newest write ends
   * @param released up to where the ring was given back
   * @param durablePosition up to where the process server holds the log
   * @param underWay bytes that are sent and not yet durable
   * @param markTakenNanos CLOCK_BOOTTIME of the newest mark; 0 if there is none
   * @param markUploadedNanos CLOCK_BOOTTIME of the newest mark in the vault; 0 if there is none
   */
  public record Figures(
      long producer,
      long released,
      long durablePosition,
      long sequence,
      long durable,
      long uploaded,
      long underWay,
      long markTakenNanos,
      long markUploadedNanos) {}
}
