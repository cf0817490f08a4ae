package dev.lifeboat.vault.head;

/** A head, and the version of the blob that it was read at. */
public record VersionedHead(Head head, String etag) {}
