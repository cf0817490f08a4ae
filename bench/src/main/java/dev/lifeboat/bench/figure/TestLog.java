package dev.lifeboat.bench.figure;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import dev.lifeboat.wire.protocol.Message;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** A machine's log as an agent makes it, frame by frame. Not thread-safe; close it. */
final class TestLog implements AutoCloseable {
  private static final int DISK = 1;

  private final Compressor compressor = new Compressor();
  private final Origin origin;
  private final UUID boot = UUID.randomUUID();
  private final Codec codec;
  private final long diskSize;
  private final Consumer<Frame> out;
  private final FrameBuilder builder;
  private long sequence;
  private long position = 1L << 48;

  TestLog(UUID machine, long diskSize, Codec codec, Consumer<Frame> out) {
    this.origin = new Origin(machine, UUID.randomUUID());
    this.codec = codec;
    this.diskSize = diskSize;
    this.out = out;
    builder = FrameBuilder.data(origin, position, Chain.ofBoot(origin.lineage(), boot));
  }

  Message.Hello hello() {
    return new Message.Hello(
        origin.machine(), "bench", boot, origin.lineage(), position, builder.chain(), "bench");
  }

  void state(boolean consistent) {
    flush();
    StateBody.Disk disk = new StateBody.Disk(DISK, !consistent, diskSize, 512, "bench", "bench");
    StateBody body = new StateBody(consistent, consistent ? "" : "first copy", 0, List.of(disk));
    control(FrameKind.STATE, body.encode());
  }

  /** A consistent mark; returns its sequence. */
  long mark() {
    flush();
    MarkBody body =
        new MarkBody(boot, System.nanoTime(), System.currentTimeMillis(), true, "", List.of(DISK));
    control(FrameKind.MARK, body.encode());
    return sequence;
  }

  void write(long offset, byte[] bytes, int at, int length) {
    position += 16 + length;
    builder.beginWrite(DISK, offset, length, position);
    builder.payload(bytes, at, length);
    if (builder.isFull()) {
      flush();
    }
  }

  void flush() {
    if (!builder.isEmpty()) {
      emit(builder.build(codec, compressor, System.nanoTime()));
    }
  }

  private void control(FrameKind kind, byte[] body) {
    Span here = Span.at(position, builder.chain());
    emit(Frame.control(kind, origin, here, System.nanoTime(), body));
  }

  private void emit(Frame frame) {
    out.accept(frame.withSequence(++sequence));
  }

  long sequence() {
    return sequence;
  }

  @Override
  public void close() {
    compressor.close();
  }
}
