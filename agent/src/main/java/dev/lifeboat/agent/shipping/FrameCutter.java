package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Decompressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.RecordCursor;
import dev.lifeboat.wire.frame.RecordKind;
import java.io.Closeable;

/** Looks into frames of the journal: cuts off what is held already, finds what is given up. */
final class FrameCutter implements Closeable {
  private final Codec codec;
  private final Compressor compressor;
  private final Decompressor decompressor = new Decompressor();

  FrameCutter(Codec codec, Compressor compressor) {
    this.codec = codec;
    this.compressor = compressor;
  }

  /** The records behind a position, where the chain is as given, as a frame of their own. */
  Frame behind(Frame frame, long position, Chain chain) throws CorruptFrameException {
    FrameBuilder builder = FrameBuilder.data(frame.header().origin(), position, chain);
    byte[] raw = decompressor.raw(frame);
    RecordCursor cursor = new RecordCursor(raw);
    while (cursor.next()) {
      if (cursor.position() <= position) {
        continue;
      }
      if (cursor.kind() == RecordKind.WRITE) {
        int length = (int) cursor.length();
        builder.beginWrite(cursor.disk(), cursor.offset(), length, cursor.position());
        builder.payload(raw, cursor.payloadOffset(), length);
      } else {
        builder.range(
            cursor.kind(), cursor.disk(), cursor.offset(), cursor.length(), cursor.position());
      }
    }
    return builder.build(codec, compressor, frame.header().bootNanos());
  }

  /** Puts every range of a frame that nobody will get into the dirty set. */
  void giveUp(Frame frame, Convergence convergence, String reason) throws CorruptFrameException {
    if (!frame.header().kind().hasRecords()) {
      return;
    }
    RecordCursor cursor = new RecordCursor(decompressor.raw(frame));
    while (cursor.next()) {
      convergence.mark(cursor.disk(), cursor.offset(), cursor.length(), reason);
    }
  }

  @Override
  public void close() {
    decompressor.close();
  }
}
