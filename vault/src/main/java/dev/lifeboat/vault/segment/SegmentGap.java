package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.Span;

/** A stretch of the log that nobody holds; the log goes on behind it with the span's chain. */
public record SegmentGap(long sequence, Span span, String reason) {}
