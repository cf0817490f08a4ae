package dev.lifeboat.wire.protocol;

/** Which end of a connection one is. */
public enum Side {
  AGENT,
  SERVER
}
