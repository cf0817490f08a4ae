package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.MarkBody;

/**
 * A mark that was taken and not yet framed.
 *
 * @param position it stands behind every record up to here
 */
record Mark(long position, MarkBody body) {}
