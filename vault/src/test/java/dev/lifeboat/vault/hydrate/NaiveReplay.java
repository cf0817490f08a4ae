package dev.lifeboat.vault.hydrate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What replay means, said as plainly as can be: the model that hydration is compared with. */
final class NaiveReplay {

  private static final class Change {
    private final long sequence;
    private final long position;
    private final boolean base;
    private final int disk;
    private final int offset;
    private final byte[] content;

    Change(long sequence, long position, boolean base, int disk, int offset, byte[] content) {
      this.sequence = sequence;
      this.position = position;
      this.base = base;
      this.disk = disk;
      this.offset = offset;
      this.content = content;
    }
  }

  private final List<Change> changes = new ArrayList<>();

  void add(long sequence, long position, boolean base, int disk, int offset, byte[] content) {
    changes.add(new Change(sequence, position, base, disk, offset, content));
  }

  byte[] at(long sequence, long position, int disk, int size) {
    byte[] image = new byte[size];
    changes.stream()
        .filter(c -> c.disk == disk && c.position <= position && c.sequence < sequence)
        .sorted(
            Comparator.comparingLong((Change c) -> c.position)
                .thenComparing(c -> c.base)
                .thenComparingLong(c -> c.sequence))
        .forEach(c ->
            System.arraycopy(
                c.content, 0, image, c.offset, Math.min(c.content.length, size - c.offset)));
    return image;
  }
}
