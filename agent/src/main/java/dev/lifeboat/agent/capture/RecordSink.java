package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.RecordKind;
import java.lang.foreign.MemorySegment;

/** Takes records from a {@link CaptureSource}, in position order. */
public interface RecordSink {

  /**
   * Begins a write of {@code length} bytes; its payload follows by {@link #payload} and is complete
   * when it adds up.
   */
  void write(int disk, long offset, int length, long position);

  /** The next piece of the write that was begun last. Valid during the call only. */
  void payload(MemorySegment piece);

  /** A record without payload. */
  void range(RecordKind kind, int disk, long offset, long length, long position);

  /** The chain behind the last record that was taken. */
  Chain chain();
}
