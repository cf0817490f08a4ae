package dev.lifeboat.vault.blob;

import java.time.Instant;

/** A line of a listing: the name, its size in bytes, and when the service says it was made. */
public record BlobEntry(String name, long size, Instant created) {}
