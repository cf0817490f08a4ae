package dev.lifeboat.agent.convergence;

import dev.lifeboat.agent.capture.CapturedDisk;
import dev.lifeboat.wire.frame.Frame;

/**
 * Blocks that a pass has read, on their way. Until they are durable the far side does not have
 * them: see {@link Convergence#durable} and {@link Convergence#lost}.
 */
public record BaseBlocks(CapturedDisk disk, long offset, int length, Frame frame) {}
