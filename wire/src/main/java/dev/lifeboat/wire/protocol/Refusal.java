package dev.lifeboat.wire.protocol;

import dev.lifeboat.wire.frame.CorruptFrameException;
import java.util.Arrays;

/** Why a server sends an agent away. */
public enum Refusal {
  /** The server does not speak the agent's protocol version. */
  PROTOCOL(1, false),
  /** The certificate is of another machine than the one in HELLO. */
  WRONG_MACHINE(2, false),
  /** Two live boots greet with one identity: both are refused. */
  TWO_LIVE_BOOTS(3, false),
  /** The certificate was revoked, or the machine is not protected any more. */
  REVOKED(4, false),
  /** Another server took the machine over; this one has stopped. */
  TAKEN_OVER(5, true),
  /** The cache is full, or the server is shutting down. */
  BUSY(6, true),
  /** The agent broke the protocol. */
  MALFORMED(7, false),
  /** The server cannot serve the machine: its vault, its key, its disk. */
  FAULT(8, true);

  private final int id;
  private final boolean passing;

  Refusal(int id, boolean passing) {
    this.id = id;
    this.passing = passing;
  }

  /** The byte that stands for it. */
  public int id() {
    return id;
  }

  /** Whether greeting again, here or elsewhere, may help without a person. */
  public boolean isPassing() {
    return passing;
  }

  /** The refusal of a byte. */
  public static Refusal of(int id) throws CorruptFrameException {
    return Arrays.stream(values())
        .filter(refusal -> refusal.id == id)
        .findFirst()
        .orElseThrow(() -> new CorruptFrameException("unknown refusal " + id));
  }
}
