package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.MarkBody;
import java.time.Instant;

/**
 * A mark as it stands in a footer.
 *
 * @param position of the log at the mark
 * @param baseEntries so many of the segment's base entries were shipped before it
 * @param time as the process server has it: never running backwards within a lineage
 */
public record SegmentMark(
    long sequence, long position, int baseEntries, Instant time, MarkBody body) {}
