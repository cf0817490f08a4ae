package dev.lifeboat.vault.blob;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A page blob that is written once. Thread-safe. */
public interface PageBlob {

  /** Makes it, zeros all over; {@code size} is a multiple of 512. */
  void create(long size) throws IOException;

  /** Puts at most 4 MiB; offset and length are multiples of 512. */
  void put(long offset, ByteBuffer pages) throws IOException;
}
