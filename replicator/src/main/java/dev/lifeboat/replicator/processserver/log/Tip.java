package dev.lifeboat.replicator.processserver.log;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import java.util.UUID;

/**
 * Where a machine's log ends.
 *
 * @param lineage all zero where nothing is held
 * @param sequence of the last frame
 * @param position up to which the captured records are held
 * @param chain behind that position
 */
public record Tip(UUID lineage, long sequence, long position, Chain chain) {
  private static final UUID NO_LINEAGE = new UUID(0, 0);

  /** The end of a log that has not begun. */
  public static final Tip NONE = new Tip(NO_LINEAGE, 0, 0, Chain.START);

  /** What the vault holds. */
  public static Tip of(dev.lifeboat.vault.segment.Tip vault) {
    return new Tip(vault.lineage(), vault.sequence(), vault.position(), vault.chain());
  }

  /** The same in the vault's terms. */
  public dev.lifeboat.vault.segment.Tip inVault() {
    return new dev.lifeboat.vault.segment.Tip(lineage, sequence, position, chain);
  }

  /** Whether nothing is held. */
  public boolean isNone() {
    return lineage.equals(NO_LINEAGE);
  }

  /** The tip behind a frame that was found to follow this one. */
  public Tip behind(FrameHeader header) {
    boolean begins = !header.origin().lineage().equals(lineage);
    boolean stays =
        header.kind() == FrameKind.BASE || (header.kind() == FrameKind.STATE && !begins);
    return new Tip(
        header.origin().lineage(),
        header.sequence(),
        stays ? position : header.span().to(),
        stays ? chain : header.span().chain());
  }
}
