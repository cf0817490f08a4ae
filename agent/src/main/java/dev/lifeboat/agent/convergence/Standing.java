package dev.lifeboat.agent.convergence;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;
import java.util.UUID;

/**
 * What convergence remembers beside the change maps, which live in the kernel.
 *
 * @param lineage the lineage it is about
 * @param bootId the boot it is about
 * @param held whether anything of the lineage was ever durable on the far side
 * @param settled whether everything that was read is durable; if not, what is in no vault is read
 *     again
 * @param sequence every block that was read has a sequence up to this one; holds if settled
 * @param withoutRange losses without range that were answered by whole disks
 * @param members disks that points are about; another one joins when it is equal
 * @param known disks whose change map was filled when they came
 */
record Standing(
    @JsonProperty("lineage") UUID lineage,
    @JsonProperty("bootId") UUID bootId,
    @JsonProperty("held") boolean held,
    @JsonProperty("settled") boolean settled,
    @JsonProperty("sequence") long sequence,
    @JsonProperty("withoutRange") long withoutRange,
    @JsonProperty("members") Set<Integer> members,
    @JsonProperty("known") Set<Integer> known) {

  static final String FILE = "convergence.json";

  Standing {
    members = Set.copyOf(members);
    known = Set.copyOf(known);
  }

  Standing withHeld() {
    return new Standing(lineage, bootId, true, settled, sequence, withoutRange, members, known);
  }

  Standing withSettled(boolean value, long at) {
    return new Standing(lineage, bootId, held, value, at, withoutRange, members, known);
  }

  Standing withAnswered(long losses) {
    return new Standing(lineage, bootId, held, settled, sequence, losses, members, known);
  }

  Standing withDisks(Set<Integer> newMembers, Set<Integer> newKnown) {
    return new Standing(
        lineage, bootId, held, settled, sequence, withoutRange, newMembers, newKnown);
  }
}
