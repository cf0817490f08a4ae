package dev.lifeboat.agent.enrolment;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lifeboat.agent.hardware.HardwareIdentity;
import java.util.Objects;
import java.util.UUID;

/**
 * What {@code enrolment.json} holds.
 *
 * @param version 1
 * @param machine the machine's uid, for ever
 * @param hardware what it was enrolled on
 * @param lineage one unbroken history of its writes
 * @param number the boot number: its top bits of every position
 * @param bootId the boot that the number was given to
 * @param captureId the boot id for the first capture of a boot, a random one for each further one
 * @param begun whether a capture was begun under this number
 */
record EnrolmentState(
    @JsonProperty("version") int version,
    @JsonProperty("machine") UUID machine,
    @JsonProperty("hardware") HardwareIdentity hardware,
    @JsonProperty("lineage") UUID lineage,
    @JsonProperty("number") long number,
    @JsonProperty("bootId") UUID bootId,
    @JsonProperty("captureId") UUID captureId,
    @JsonProperty("begun") boolean begun) {

  static final String FILE = "enrolment.json";
  static final int SHIFT = 48;

  /** Positions are compared as signed numbers. */
  static final long LAST = Long.MAX_VALUE >> SHIFT;

  private static final int VERSION = 1;

  EnrolmentState {
    Objects.requireNonNull(machine, "machine");
    Objects.requireNonNull(hardware, "hardware");
    Objects.requireNonNull(lineage, "lineage");
    Objects.requireNonNull(bootId, "bootId");
    Objects.requireNonNull(captureId, "captureId");
    if (version != VERSION) {
      throw new IllegalArgumentException("version " + version + " is unknown");
    }
    if (number < 1 || number > LAST) {
      throw new IllegalArgumentException("boot number " + number + " is out of bounds");
    }
  }

  static EnrolmentState first(UUID machine, HardwareIdentity hardware, UUID bootId) {
    return new EnrolmentState(
        VERSION, machine, hardware, UUID.randomUUID(), 1, bootId, bootId, false);
  }

  EnrolmentState withLineage(UUID fresh) {
    return new EnrolmentState(version, machine, hardware, fresh, number, bootId, captureId, begun);
  }

  EnrolmentState inBoot(UUID boot) {
    return raised(boot, boot, false);
  }

  /** Positions under a number are given out once, so each capture but a boot's first raises it. */
  EnrolmentState withCapture() {
    return begun
        ? raised(bootId, UUID.randomUUID(), true)
        : new EnrolmentState(version, machine, hardware, lineage, number, bootId, captureId, true);
  }

  /** Where the numbers end, another lineage begins with the first one. */
  private EnrolmentState raised(UUID boot, UUID capture, boolean inUse) {
    boolean end = number == LAST;
    return new EnrolmentState(
        version,
        machine,
        hardware,
        end ? UUID.randomUUID() : lineage,
        end ? 1 : number + 1,
        boot,
        capture,
        inUse);
  }
}
