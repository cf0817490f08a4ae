package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.Chain;
import java.util.UUID;

/** Whose log this is and where its boot begins; remembers it beyond the process. */
public interface LineageKeeper {

  /** The machine, for ever. */
  UUID machine();

  /** One unbroken history of its writes. */
  UUID lineage();

  /** The position before the first record of this boot. */
  long base();

  /** The chain there. */
  Chain chain();

  /** Begins a new lineage; it is on the disk when this returns. */
  void renew();
}
