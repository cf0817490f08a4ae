package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.StateBody;

/** What was known of the machine from a sequence on. */
public record SegmentState(long sequence, StateBody body) {}
