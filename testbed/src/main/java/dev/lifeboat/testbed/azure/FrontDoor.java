package dev.lifeboat.testbed.azure;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One address and port for all names, as Azure has it: connections go by the name in their TLS
 * greeting to whoever serves it, and are not opened on the way. The SDK needs that: from a port in
 * a storage URL it concludes that the account is part of the path. Thread-safe.
 */
final class FrontDoor implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int LONGEST_GREETING = 16 * 1024;
  private static final long GREETING_MILLIS = 60_000;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());

  /** Listens from now on; {@code behind} says who serves a name. */
  FrontDoor(InetSocketAddress address, Function<String, InetSocketAddress> behind)
      throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Greeting(behind));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      throw new IOException(
          "%s port %d cannot be had for the Azure side of the testbed: %s"
              .formatted(address.getHostString(), address.getPort(), bound.cause().getMessage()),
          bound.cause());
    }
  }

  /** Reads the name, connects to who serves it, and gets out of the way. */
  private static final class Greeting extends AbstractSniHandler<InetSocketAddress> {
    private final Function<String, InetSocketAddress> behind;

    Greeting(Function<String, InetSocketAddress> behind) {
      super(LONGEST_GREETING, GREETING_MILLIS);
      this.behind = behind;
    }

    @Override
    protected Future<InetSocketAddress> lookup(ChannelHandlerContext context, String host) {
      return context.executor().newSucceededFuture(behind.apply(host == null ? "" : host));
    }

    @Override
    protected void onLookupComplete(
        ChannelHandlerContext context, String host, Future<InetSocketAddress> found) {
      Channel outside = context.channel();
      outside.config().setAutoRead(false);
      new Bootstrap()
          .group(outside.eventLoop())
          .channel(NioSocketChannel.class)
          .option(ChannelOption.AUTO_READ, false)
          .handler(new Splice(outside))
          .connect(found.getNow())
          .addListener(
              (ChannelFutureListener)
                  connected -> {
                    if (!connected.isSuccess() || context.isRemoved()) {
                      ChannelFuture _ = connected.channel().close();
                      ChannelFuture _ = outside.close();
                      return;
                    }
                    Channel inside = connected.channel();
                    // What was read so far goes on with the handler that comes in its place.
                    context.pipeline().replace(this, "splice", new Splice(inside));
                    outside.config().setAutoRead(true);
                    inside.config().setAutoRead(true);
                  });
    }
  }

  /** Gives what one side says to the other, no faster than that takes it. */
  private static final class Splice extends ChannelInboundHandlerAdapter {
    private final Channel other;

    Splice(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ChannelFuture _ = other.writeAndFlush(message, other.voidPromise());
      if (!other.isWritable()) {
        context.channel().config().setAutoRead(false);
      }
    }

    /** This side takes more again, so the other may speak. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (context.channel().isWritable()) {
        other.config().setAutoRead(true);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (other.isActive()) {
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ChannelFuture _ = context.close();
    }
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
