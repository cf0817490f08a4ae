package dev.lifeboat.wire.journal;

import java.io.IOException;

/** A file system as large and as free as the test says. */
final class FakeSpace implements Space {
  volatile long total = 1L << 40;
  volatile long usable = 1L << 40;

  @Override
  public long total() throws IOException {
    return total;
  }

  @Override
  public long usable() throws IOException {
    return usable;
  }
}
