package dev.lifeboat.vault.point;

/** Something about a blob that is not as it should be. */
public record Finding(String blob, String what) {
  @Override
  public String toString() {
    return blob + ": " + what;
  }
}
