package dev.lifeboat.bench.figure;

import java.io.IOException;

/** The bytes that the machine's limits are measured with: those of the figures. */
public final class Content {
  private static final int BYTES = 256 << 20;

  private Content() {}

  /** Bytes that compress as real files do. */
  public static byte[] bytes() throws IOException {
    return RealFiles.bytes(BYTES);
  }
}
