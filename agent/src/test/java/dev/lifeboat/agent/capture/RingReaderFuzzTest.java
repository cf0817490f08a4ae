package dev.lifeboat.agent.capture;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.RecordKind;
import java.lang.foreign.MemorySegment;

/** Whatever stands in a ring, it is read within its bounds or refused. */
class RingReaderFuzzTest {
  private static final RecordSink NOWHERE =
      new RecordSink() {
        @Override
        public void write(int disk, long offset, int length, long position) {}

        @Override
        public void payload(MemorySegment piece) {}

        @Override
        public void range(RecordKind kind, int disk, long offset, long length, long position) {}

        @Override
        public Chain chain() {
          return Chain.START;
        }
      };

  @FuzzTest(maxDuration = "30s")
  void neverBreaks(byte[] content) {
    RecordedRing ring = new RecordedRing(MemorySegment.ofArray(content), 0, 0);
    try {
      new RingReader(ring, 0, slot -> slot, processor -> 0).poll(NOWHERE, Long.MAX_VALUE);
    } catch (BrokenRingException expected) {
      // refused
    }
  }
}
