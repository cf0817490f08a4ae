package dev.lifeboat.agent.hardware;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The machine that the agent runs on. Thread-safe; tests set it by file. */
public interface Machine {

  /** The SMBIOS system UUID as the kernel prints it; empty if there is none. */
  Optional<String> productUuid();

  /** The serial of the board; empty if there is none. */
  Optional<String> boardSerial();

  /** The serial of the chassis; empty if there is none. */
  Optional<String> chassisSerial();

  /** Serials of the disks, sorted. */
  List<String> diskSerials();

  /** The id of this boot. */
  UUID bootId();

  /** CLOCK_BOOTTIME in nanoseconds. */
  long bootNanos();

  /** The wall clock: a label only. */
  long wallMillis();
}
