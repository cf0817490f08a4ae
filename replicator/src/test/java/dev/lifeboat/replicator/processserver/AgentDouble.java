package dev.lifeboat.replicator.processserver;

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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A scripted agent on a real TLS socket: sends what it is told, keeps what it hears, answers PINGs
 * unless told not to.
 */
final class AgentDouble implements AutoCloseable {
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel channel;
  private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
  final AtomicInteger welcomes = new AtomicInteger();
  volatile boolean answersPings = true;
  volatile Message.Ack ack = new Message.Ack(0, 0);
  volatile int credit = -1;
  volatile Optional<Message.Refuse> refused = Optional.empty();

  AgentDouble(int port, Identity identity) throws Exception {
    SslContext tls = TlsContexts.agent(identity);
    channel =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    Pipelines.agent(opened, tls, "localhost", port, Duration.ofSeconds(30));
                    opened.pipeline().addLast(new Ears());
                  }
                })
            .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .sync()
            .channel();
  }

  private final class Ears extends SimpleChannelInboundHandler<Message> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, Message message) {
      switch (message) {
        case Message.Ping ping when answersPings ->
            send(new Message.Pong(ping.id(), System.nanoTime()));
        case Message.Welcome _ -> welcomes.incrementAndGet();
        case Message.Ack now -> ack = now;
        case Message.Credit now -> credit = now.bytes();
        case Message.Refuse now -> refused = Optional.of(now);
        default -> {}
      }
      heard.add(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }

  void hello(ScriptedLog log) {
    send(
        new Message.Hello(
            log.machine, "test hardware", log.boot, log.lineage, log.position, log.chain, "test"));
  }

  /** Greets and waits for the answer. */
  Message.Welcome greet(ScriptedLog log) throws InterruptedException {
    hello(log);
    return await(Message.Welcome.class);
  }

  /** The next message of a kind; others before it are skipped. */
  <T extends Message> T await(Class<T> kind) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end) {
      Message message = heard.poll(100, TimeUnit.MILLISECONDS);
      if (kind.isInstance(message)) {
        return kind.cast(message);
      }
    }
    throw new AssertionError("no " + kind.getSimpleName() + "; refused: " + refused);
  }

  void send(Message message) {
    var _ = channel.writeAndFlush(message);
  }

  void send(Frame frame) {
    send(new Message.FrameMessage(frame));
  }

  /** Everything that the server lacks. */
  void sendFrom(ScriptedLog log, long durable) {
    log.frames.tailMap(durable, false).values().forEach(this::send);
  }

  boolean isOpen() {
    return channel.isActive();
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
