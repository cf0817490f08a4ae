package dev.lifeboat.replicator.processserver.log;

/** What became of a frame that was offered to the log. */
public sealed interface Offer {

  /**
   * It is on its way to the disk, or was there already: an acknowledgement follows when it is
   * durable.
   */
  record Taken(boolean duplicate) implements Offer {}

  /** It was not appended; the agent goes on from the tip. */
  record Resume(Tip durable, String reason) implements Offer {}

  /**
   * The log is not this session's any more: another one has come, or the machine went elsewhere.
   */
  record Closed() implements Offer {}
}
