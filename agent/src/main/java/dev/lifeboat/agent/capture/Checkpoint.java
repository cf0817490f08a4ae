package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;

/**
 * A place in the order of writes that the log can go on from: behind it come the records whose
 * position is greater than {@code position}, and their chain goes on from {@code chain}.
 *
 * @param position every record up to here was delivered
 * @param chain the chain over all records up to {@code position}
 * @param heldFrom the source must keep its bytes from here on: a large write may have begun before
 *     {@code position} and end behind it. Of no meaning outside of the source; a source that holds
 *     whole writes says {@code position}
 */
public record Checkpoint(long position, Chain chain, long heldFrom) {}
