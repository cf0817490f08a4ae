package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.Chain;
import java.util.UUID;

/**
 * How far a machine's log goes: what an agent is answered, and what the next segment goes on from.
 *
 * @param lineage zero when nothing is held
 * @param sequence the last one held, 0 when the lineage begins
 * @param position of the log behind it
 * @param chain behind that position
 */
public record Tip(UUID lineage, long sequence, long position, Chain chain) {

  /** Nothing is held of a machine. */
  public static final Tip NOTHING = beginning(new UUID(0, 0));

  /** Before the first frame of a lineage, which then says where position and chain begin. */
  public static Tip beginning(UUID lineage) {
    return new Tip(lineage, 0, 0, Chain.START);
  }

  public boolean isNothing() {
    return equals(NOTHING);
  }
}
