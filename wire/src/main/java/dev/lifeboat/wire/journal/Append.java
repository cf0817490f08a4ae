package dev.lifeboat.wire.journal;

/** What became of a frame that was to be appended. */
public sealed interface Append {

  /**
   * It is on the disk.
   *
   * @param heldSegments files in use now
   */
  record Done(int heldSegments) implements Append {}

  /**
   * It was not written: no file is free and none may be made. Give up the oldest and try again, or
   * keep the frame elsewhere.
   *
   * @param reason for people
   */
  record Full(String reason) implements Append {}
}
