package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.protocol.MessageDecoder;
import dev.lifeboat.wire.protocol.Pipelines;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Connects to process servers over TLS, on one event loop of its own. Thread-safe; whoever made it
 * closes it, behind its links.
 */
public final class NettyDialer implements Dialer, Closeable {
  private static final int CONNECT_MILLIS = 10_000;
  private static final WriteBufferWaterMark WATER = new WriteBufferWaterMark(2 << 20, 4 << 20);

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private volatile SslContext tls;
  private final LongSupplier bootNanos;
  private final Duration patience;

  /**
   * @param tls of the agent's identity
   * @param bootNanos CLOCK_BOOTTIME, for answers to PING
   */
  public NettyDialer(SslContext tls, LongSupplier bootNanos) {
    this(tls, bootNanos, Pipelines.PATIENCE);
  }

  /** With another patience for the handshake and the first message. */
  NettyDialer(SslContext tls, LongSupplier bootNanos, Duration patience) {
    this.tls = tls;
    this.bootNanos = bootNanos;
    this.patience = patience;
  }

  /** Another identity, for connections from now on; those that stand go on with theirs. */
  public void identify(SslContext next) {
    tls = next;
  }

  @Override
  public Link dial(ServerAddress server) {
    NettyLink link = new NettyLink(bootNanos);
    SslContext own = tls;
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    MessageDecoder _ =
                        Pipelines.agent(channel, own, server.name(), server.port(), patience);
                    channel.pipeline().addLast("link", link);
                  }
                })
            .connect(server.host(), server.port());
    connecting.addListener(
        (ChannelFutureListener)
            done -> {
              if (!done.isSuccess()) {
                link.fail("cannot be reached: " + done.cause().getMessage());
              }
            });
    return link;
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
