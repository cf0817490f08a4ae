package dev.lifeboat.agent.capture;

import static dev.lifeboat.agent.kernel.Assembler.Register;

import dev.lifeboat.agent.kernel.Assembler;

/** The part of a bio that the programs look at, read to the stack in one go. */
final class BioOnStack {
  private static final int LARGEST = 256;
  private static final int ITERATOR = 20;

  private final KernelLayout.Bio bio;
  private final int from;
  private final int length;
  private final int base;

  BioOnStack(KernelLayout.Bio bio) {
    this.bio = bio;
    int encryption = bio.encryption() < 0 ? bio.flags() : bio.encryption();
    from =
        least(bio.device(), bio.flags(), bio.status(), bio.iterator(), bio.vectors(), encryption)
            & ~7;
    int end =
        -least(
            -(bio.device() + 8),
            -(bio.flags() + 4),
            -(bio.status() + 1),
            -(bio.iterator() + ITERATOR),
            -(bio.vectors() + 8),
            -(encryption + (bio.encryption() < 0 ? 4 : 8)));
    length = end - from;
    if (length > LARGEST) {
      throw new IllegalStateException("this kernel's struct bio is laid out too widely");
    }
    base = -32 - (length + 7) / 8 * 8;
  }

  private static int least(int first, int... more) {
    int least = first;
    for (int value : more) {
      least = Math.min(least, value);
    }
    return least;
  }

  void read(Assembler code, Register address) {
    ProgramParts.read(code, base, length, address, from);
  }

  /** Eight bytes for the program. */
  int free() {
    return -24;
  }

  int device() {
    return base + bio.device() - from;
  }

  int flags() {
    return base + bio.flags() - from;
  }

  int status() {
    return base + bio.status() - from;
  }

  int vectors() {
    return base + bio.vectors() - from;
  }

  int encryption() {
    return base + bio.encryption() - from;
  }

  int sector() {
    return base + bio.iterator() - from;
  }

  int size() {
    return sector() + 8;
  }

  int index() {
    return sector() + 12;
  }

  int bytesDone() {
    return sector() + 16;
  }
}
