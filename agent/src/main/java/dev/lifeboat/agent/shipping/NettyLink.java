package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.protocol.Message;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongSupplier;

/**
 * A link over a channel: the event loop fills a queue, the shipping thread empties it. PINGs are
 * answered on the event loop, so that the answer does not wait for the shipping thread.
 */
final class NettyLink extends SimpleChannelInboundHandler<Message> implements Link {
  /** More answers than this wait only if the server floods us. */
  private static final int MOST_WAITING = 65_536;

  private final BlockingQueue<Message> received = new ArrayBlockingQueue<>(MOST_WAITING);
  private final LongSupplier bootNanos;
  private volatile Optional<Channel> channel = Optional.empty();
  private volatile boolean open;
  private volatile boolean closed;
  private volatile String failure = "";

  NettyLink(LongSupplier bootNanos) {
    super(Message.class, true);
    this.bootNanos = bootNanos;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = Optional.of(context.channel());
    if (closed) {
      close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        open = true;
      } else {
        fail("TLS: " + LinkFailure.explain(handshake.cause()));
      }
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Message message) {
    if (message instanceof Message.Ping ping) {
      send(new Message.Pong(ping.id(), bootNanos.getAsLong()));
    } else if (!received.offer(message)) {
      fail("the server sends more than an agent can hear");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail("the connection was closed");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(LinkFailure.explain(cause));
  }

  /** Ends it with a reason; the first one counts. */
  void fail(String why) {
    if (failure.isEmpty()) {
      failure = why;
    }
    close();
  }

  @Override
  public boolean isOpen() {
    return open && !closed;
  }

  /** What was received before the end is still to be read. */
  @Override
  public boolean isClosed() {
    return closed && received.isEmpty();
  }

  @Override
  public boolean isWritable() {
    return isOpen() && channel.map(Channel::isWritable).orElse(false);
  }

  @Override
  public void send(Message message) {
    channel.ifPresent(to -> {
      ChannelFuture _ = to.writeAndFlush(message);
    });
  }

  @Override
  public Optional<Message> receive() {
    return Optional.ofNullable(received.poll());
  }

  @Override
  public String failure() {
    return failure;
  }

  @Override
  public void close() {
    closed = true;
    channel.ifPresent(to -> {
      ChannelFuture _ = to.close();
    });
  }
}
