package dev.lifeboat.wire.protocol;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Bytes of one side's stream into {@link Message}s, in the order that the protocol allows: a server
 * hears one HELLO, and frames only once {@link #acceptFrames} was called; an agent hears no frames
 * at all. Until then nothing longer than {@link #MAX_SMALL} is waited for, and a frame's body is
 * allocated only when its header holds; it is filled as the bytes come, so they are copied once.
 *
 * <p>Bad input fires one {@link io.netty.handler.codec.DecoderException} whose cause is a {@link
 * CorruptFrameException}; what follows is thrown away. The owner answers and closes. Messages hold
 * no ByteBuf: there is nothing to release. Belongs to one channel's event loop.
 */
public final class MessageDecoder extends ByteToMessageDecoder {
  /** The most bytes of a message that is no frame, its type included. */
  public static final int MAX_SMALL = 8 * 1024;

  /** Bytes before the payload: length and type. */
  static final int PREFIX = Integer.BYTES + 1;

  private final Side side;
  private boolean greeted;
  private boolean framesAccepted;
  private boolean broken;
  private FrameHeader header;
  private byte[] body = new byte[0];
  private int filled;

  /** A decoder for the given end of a connection. */
  public MessageDecoder(Side side) {
    this.side = side;
  }

  /** The server has accepted the HELLO: frames may follow. Call it on the event loop. */
  public void acceptFrames() {
    if (side != Side.SERVER || !greeted) {
      throw new IllegalStateException("no HELLO was received");
    }
    framesAccepted = true;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws CorruptFrameException {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      if (header == null) {
        begin(in, out);
      }
      if (header != null) {
        fill(in, out);
      }
    } catch (CorruptFrameException e) {
      broken = true;
      header = null;
      body = new byte[0];
      throw e;
    }
  }

  private void begin(ByteBuf in, List<Object> out) throws CorruptFrameException {
    if (in.readableBytes() < PREFIX) {
      return;
    }
    int start = in.readerIndex();
    long length = in.getUnsignedIntLE(start);
    MessageType type = MessageType.of(in.getUnsignedByte(start + Integer.BYTES));
    check(type, length);
    if (type == MessageType.FRAME) {
      if (in.readableBytes() >= PREFIX + FrameHeader.BYTES) {
        beginFrame(in, length);
      }
      return;
    }
    if (in.readableBytes() < Integer.BYTES + length) {
      return;
    }
    int payload = (int) length - 1;
    Message message = SmallMessages.decode(type, in.nioBuffer(start + PREFIX, payload));
    in.skipBytes(PREFIX + payload);
    greeted |= type == MessageType.HELLO;
    out.add(message);
  }

  private void check(MessageType type, long length) throws CorruptFrameException {
    if (!type.mayReach(side)) {
      throw new CorruptFrameException("unexpected message " + type);
    }
    if (side == Side.SERVER && (type == MessageType.HELLO) == greeted) {
      throw new CorruptFrameException(greeted ? "a second HELLO" : type + " before HELLO");
    }
    boolean frame = type == MessageType.FRAME;
    if (frame && !framesAccepted) {
      throw new CorruptFrameException("FRAME before WELCOME");
    }
    long most = frame ? 1L + FrameHeader.BYTES + FrameHeader.MAX_RAW : MAX_SMALL;
    if (length < (frame ? 1 + FrameHeader.BYTES : 1) || length > most) {
      throw new CorruptFrameException("message " + type + " of " + length + " bytes");
    }
  }

  private void beginFrame(ByteBuf in, long length) throws CorruptFrameException {
    in.skipBytes(PREFIX);
    FrameHeader decoded = FrameHeader.decode(in.nioBuffer(in.readerIndex(), FrameHeader.BYTES));
    if (length != 1L + decoded.frameLength()) {
      throw new CorruptFrameException(
          "message of %d bytes with a frame of %d".formatted(length, decoded.frameLength()));
    }
    in.skipBytes(FrameHeader.BYTES);
    header = decoded;
    body = new byte[decoded.storedLength()];
    filled = 0;
  }

  private void fill(ByteBuf in, List<Object> out) {
    int part = Math.min(in.readableBytes(), body.length - filled);
    in.readBytes(body, filled, part);
    filled += part;
    if (filled == body.length) {
      out.add(new Message.FrameMessage(new Frame(header, body)));
      header = null;
      body = new byte[0];
    }
  }
}
