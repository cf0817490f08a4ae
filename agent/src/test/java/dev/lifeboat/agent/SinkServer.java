package dev.lifeboat.agent;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.TlsContexts;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.MessageDecoder;
import dev.lifeboat.wire.protocol.Pipelines;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Speaks as a process server does to one agent's first session, and keeps nothing. */
final class SinkServer implements AutoCloseable {
  private static final int CREDIT = 16 << 20;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicLong received = new AtomicLong();
  private final Channel listening;

  SinkServer(Identity identity) throws IdentityException {
    SslContext tls = TlsContexts.server(identity);
    listening =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    MessageDecoder decoder = Pipelines.server(channel, tls, Duration.ofSeconds(60));
                    channel.pipeline().addLast(new Sink(decoder));
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Bytes of frames so far. */
  long received() {
    return received.get();
  }

  private final class Sink extends SimpleChannelInboundHandler<Message> {
    private final MessageDecoder decoder;

    Sink(MessageDecoder decoder) {
      this.decoder = decoder;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Message message) {
      switch (message) {
        case Message.Hello _ -> {
          decoder.acceptFrames();
          answer(
              context,
              new Message.Welcome(1, Message.Welcome.NOTHING, 0, 0, Chain.START, 0, CREDIT));
        }
        case Message.FrameMessage(var frame) -> {
          received.addAndGet(frame.length());
          long sequence = frame.header().sequence();
          answer(context, new Message.Ack(sequence, sequence));
        }
        default -> {
          // A PING is answered by what comes anyway.
        }
      }
    }

    private void answer(ChannelHandlerContext context, Message message) {
      ChannelFuture _ = context.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ChannelFuture _ = context.close();
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
