package dev.lifeboat.vault.head;

import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentMark;
import dev.lifeboat.vault.segment.Tip;
import java.util.Optional;

/**
 * What an owner knows once it has taken a machine.
 *
 * @param epoch under which it writes
 * @param tip how far the vault holds the log: its sequence is `uploaded`
 * @param next the first segment it may put
 * @param lastMark of the tip's lineage that is in the vault: the times of its marks go on from
 *     there
 */
public record Ownership(long epoch, Tip tip, SegmentId next, Optional<SegmentMark> lastMark) {}
