package dev.lifeboat.vault.blob;

/** A small blob and the version it was read at. The array belongs to whoever reads it. */
public record VersionedBlob(byte[] content, String etag) {}
