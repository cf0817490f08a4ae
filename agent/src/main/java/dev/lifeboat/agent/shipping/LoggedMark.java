package dev.lifeboat.agent.shipping;

/**
 * A mark that stands in the log.
 *
 * @param position it stands behind every write up to here
 * @param label what it is called; may be empty
 */
public record LoggedMark(MarkId id, long position, String label) {}
