package dev.lifeboat.vault.blob;

/** A small blob and the version it was read at. */
public final class VersionedBlob {

  private final byte[] content;
  private final String etag;

  public VersionedBlob(byte[] content, String etag) {
    this.content = content;
    this.etag = etag;
  }

  /** The bytes: the array itself, which belongs to whoever read it. */
  public byte[] content() {
    return content;
  }

  public String etag() {
    return etag;
  }
}
