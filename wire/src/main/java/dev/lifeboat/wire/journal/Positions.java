package dev.lifeboat.wire.journal;

import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;

/** Which frames move the log on: DATA, MARK and GAP; the others only stand in it. */
final class Positions {
  private Positions() {}

  static boolean joins(FrameHeader header, long last) {
    return !moves(header.kind()) || header.span().from() == last;
  }

  static long after(FrameHeader header, long last) {
    return moves(header.kind()) ? header.span().to() : last;
  }

  static boolean moves(FrameKind kind) {
    return kind == FrameKind.DATA || kind == FrameKind.MARK || kind == FrameKind.GAP;
  }
}
