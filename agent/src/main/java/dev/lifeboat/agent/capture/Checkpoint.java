package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;

/**
 * A place in the order of writes that the log can go on from.
 *
 * @param position every record up to here was delivered
 * @param heldFrom the source must keep its records from here on: a large write may have begun
 *     before {@code position} and end behind it
 * @param heldChain the chain over all records whose position is at most {@code heldFrom}
 */
public record Checkpoint(long position, long heldFrom, Chain heldChain) {}
