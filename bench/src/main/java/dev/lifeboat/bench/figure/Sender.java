package dev.lifeboat.bench.figure;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.TlsContexts;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.Pipelines;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Sends frames over TLS as fast as the server's credit allows. {@link #send} belongs to one thread;
 * close it.
 */
final class Sender implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(3);

  private record Sent(long sequence, int bytes) {}

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("sender", true), NioIoHandler.newFactory());
  private final Channel channel;
  private final Deque<Sent> underWay = new ArrayDeque<>();
  private long underWayBytes;
  private long credit;
  private boolean welcome;
  private long durable;
  private long uploaded;
  private String failure = "";

  Sender(int port, Identity identity) throws IOException, InterruptedException {
    SslContext tls = tls(identity);
    channel =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    Pipelines.agent(opened, tls, "127.0.0.1", port, Duration.ofSeconds(30));
                    opened.pipeline().addLast(new Ears());
                  }
                })
            .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .sync()
            .channel();
  }

  private static SslContext tls(Identity identity) throws IOException {
    try {
      return TlsContexts.agent(identity);
    } catch (dev.lifeboat.wire.identity.IdentityException e) {
      throw new IOException(e);
    }
  }

  private final class Ears extends SimpleChannelInboundHandler<Message> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, Message message) {
      switch (message) {
        case Message.Ping ping -> {
          var _ = context.writeAndFlush(new Message.Pong(ping.id(), System.nanoTime()));
        }
        default -> heard(message);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(cause.toString());
      var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail("the server closed the connection");
    }
  }

  private synchronized void heard(Message message) {
    switch (message) {
      case Message.Welcome now -> {
        if (welcome && now.sequence() < durable) {
          failure = "the server wants frames again";
        }
        welcome = true;
        credit = now.credit();
      }
      case Message.Credit now -> credit = now.bytes();
      case Message.Ack now -> {
        durable = now.durable();
        uploaded = now.uploaded();
        while (!underWay.isEmpty() && underWay.peek().sequence() <= durable) {
          underWayBytes -= underWay.remove().bytes();
        }
      }
      case Message.Refuse now -> failure = "refused: " + now;
      default -> {}
    }
    notifyAll();
  }

  private synchronized void fail(String why) {
    failure = failure.isEmpty() ? why : failure;
    notifyAll();
  }

  /** Greets and waits for the answer. */
  void greet(Message.Hello hello) throws IOException, InterruptedException {
    var _ = channel.writeAndFlush(hello);
    await(() -> welcome);
  }

  /** Sends one frame when there is credit for it. */
  void send(Frame frame) throws IOException, InterruptedException {
    await(() -> underWay.isEmpty() || underWayBytes + frame.length() <= credit);
    synchronized (this) {
      underWay.add(new Sent(frame.header().sequence(), frame.length()));
      underWayBytes += frame.length();
    }
    var _ = channel.writeAndFlush(new Message.FrameMessage(frame));
  }

  /** Waits until everything up to a sequence is in the vault. */
  void awaitUploaded(long sequence) throws IOException, InterruptedException {
    await(() -> uploaded >= sequence);
  }

  private synchronized void await(java.util.function.BooleanSupplier until)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    while (!until.getAsBoolean()) {
      if (!failure.isEmpty()) {
        throw new IOException(failure);
      }
      if (System.nanoTime() > end) {
        throw new IOException("no progress: durable " + durable + ", uploaded " + uploaded);
      }
      wait(1000);
    }
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
