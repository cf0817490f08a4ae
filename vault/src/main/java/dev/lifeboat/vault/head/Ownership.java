package dev.lifeboat.vault.head;

import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.Tip;

/**
 * What an owner knows once it has taken a machine.
 *
 * @param epoch under which it writes
 * @param tip how far the vault holds the log: its sequence is `uploaded`
 * @param next the first segment it may put
 */
public record Ownership(long epoch, Tip tip, SegmentId next) {}
