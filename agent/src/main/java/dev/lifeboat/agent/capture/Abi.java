package dev.lifeboat.agent.capture;

/**
 * The memory that our programs and the agent share. A change here needs a new {@link #VERSION}: the
 * maps outlive the agent that made them.
 */
final class Abi {
  /** Of everything below; part of the pins' directory name. */
  static final int VERSION = 1;

  /** Disks of a machine that can be captured at once. */
  static final int SLOTS = 64;

  /** Bytes of a copied piece at most. */
  static final int PIECE = 4096;

  /** Larger writes are not copied but read again: {@code DEFERRED}. */
  static final int LARGEST_COPY = 8 << 20;

  /** Sectors of a granule, as a shift. */
  static final int GRANULE_SHIFT = 7;

  /** Granules in one value of the dirty map, as a shift. */
  static final int PAGE_SHIFT = 12;

  // Programs in the program array.
  static final int QUEUE = 0;
  static final int COPY = 1;
  static final int MARK_QUEUE = 2;
  static final int REQUEST = 3;
  static final int MARK_REQUEST = 4;
  static final int BIO = 5;
  static final int MARK_BIO = 6;
  static final int PROGRAMS = 8;

  // A record in the ring, behind the kernel's 8 bytes.
  static final int R_ID = 0;
  static final int R_SLOT = 8;
  static final int R_CPU = 12;
  static final int R_SECTOR = 16;
  static final int R_LENGTH = 24;
  static final int R_LEFT = 28;
  static final int R_DONE = 32;
  static final int R_FLAGS = 36;
  static final int R_KIND = 40;
  static final int R_ERROR = 44;
  static final int RECORD = 48;

  // What a run keeps between tail calls: one per CPU and tracepoint.
  static final int S_VECTOR = 0;
  static final int S_NEXT_VECTOR = 16;
  static final int S_ADDRESS = 24;
  static final int S_SECTOR = 32;
  static final int S_ID = 40;
  static final int S_REMAINING = 48;
  static final int S_LEFT = 52;
  static final int S_SKIP = 56;
  static final int S_FLAGS = 60;
  static final int S_SLOT = 64;
  static final int S_DONE = 68;
  static final int S_CPU = 72;
  static final int S_REASON = 76;
  static final int S_GRANULE = 80;
  static final int S_LAST_GRANULE = 88;
  static final int STATE = 96;
  static final int STATES = 3;

  // Why a range was marked: where its counter stands.
  static final int C_OVERFLOW = 0;
  static final int C_DEFERRED = 8;
  static final int C_FAILED = 16;
  static final int C_UNKNOWN = 24;
  static final int C_NO_PROGRAM = 32;
  static final int COUNTERS = 4096;

  // Counters of a disk.
  static final int D_WRITTEN = 0;
  static final int D_DISCARDED = 8;
  static final int D_COMPLETED = 16;
  static final int D_ZEROES_IN_FLIGHT = 24;
  static final int D_WIDE = 32;
  static final int D_SWAP = 40;
  static final int D_SELF = 48;
  static final int D_BASELINE = 56;
  static final int D_BASE_CAPTURED = 64;
  static final int D_BASE_COMPLETED = 72;
  static final int DISK_SHIFT = 7;

  // Bytes in flight, in sectors, per 256 KiB.
  static final int UNIT_SHIFT = 9;
  static final int UNITS_SHIFT = 13;

  /** A larger write than 256 MiB is not counted. */
  static final int WIDEST_UNITS = 1024;

  // An entry of the disk table: slot, 0, first granule.
  static final int T_SLOT = 0;
  static final int T_BASE = 8;
  static final int TABLE_ENTRY = 16;

  private Abi() {}
}
