package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.Frame;

/** A frame and what it means. */
record Parcel(Frame frame, Cargo cargo) {}
