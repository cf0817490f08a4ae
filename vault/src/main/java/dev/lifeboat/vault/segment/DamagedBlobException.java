package dev.lifeboat.vault.segment;

import java.io.IOException;

/** A blob that is not what was written: names it, and what is wrong with it. */
public final class DamagedBlobException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String blob;

  public DamagedBlobException(String blob, String what) {
    this(blob, what, null);
  }

  public DamagedBlobException(String blob, String what, Throwable cause) {
    super(blob + ": " + what, cause);
    this.blob = blob;
  }

  /** The blob's name. */
  public String blob() {
    return blob;
  }
}
