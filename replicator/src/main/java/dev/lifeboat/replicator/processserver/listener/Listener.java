package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.replicator.processserver.cache.CacheSpace;
import dev.lifeboat.replicator.processserver.log.ByteBudget;
import dev.lifeboat.replicator.processserver.metrics.ServerMetrics;
import dev.lifeboat.wire.protocol.MessageDecoder;
import dev.lifeboat.wire.protocol.Pipelines;
import dev.lifeboat.wire.protocol.Refusal;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the agents' connections. Thread-safe; closed by the process server, before the machines.
 */
public final class Listener implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private final SessionContext context;
  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
  private final AtomicInteger connections = new AtomicInteger();
  private final Channel server;

  /**
   * Listens at once.
   *
   * @throws IOException if the address cannot be used
   */
  public Listener(InetSocketAddress address, SslContext tls, Collaborators collaborators)
      throws IOException {
    context = collaborators.context();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, tls);
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException(
          "listen.port: cannot listen on %s:%d (%s); end the program that listens there, or set another listen.address and listen.port"
              .formatted(address.getHostString(), address.getPort(), bound.cause().getMessage()),
          bound.cause());
    }
    server = bound.channel();
  }

  /**
   * What a listener leans on.
   *
   * @param denied whether the certificate of a serial, in hexadecimal, is revoked
   */
  public record Collaborators(
      ListenerLimits limits,
      MachineHost host,
      ByteBudget budget,
      CacheSpace space,
      ServerMetrics metrics,
      Predicate<String> denied) {
    private SessionContext context() {
      return SessionContext.of(limits, host, budget, space, metrics, denied);
    }
  }

  private void accept(Channel channel, SslContext tls) {
    if (connections.incrementAndGet() > context.limits().connections()) {
      LOG.warn("{}: too many connections, closed", channel.remoteAddress());
      connections.decrementAndGet();
      var _ = channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    MessageDecoder decoder = Pipelines.server(channel, tls, context.limits().patience());
    channel
        .pipeline()
        .addLast("session", new SessionHandler(new Session(channel, decoder, context)));
  }

  /** The port, of use when 0 was asked for. */
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Takes no more connections and reads no more from those there are. */
  public void quiesce() {
    server.close().awaitUninterruptibly();
  }

  /** Sends the agents away and ends the event loops. */
  @Override
  public void close() {
    quiesce();
    for (LiveSessions.Contender session : context.live().all()) {
      session.refuse(Refusal.BUSY, "the process server is stopping");
    }
    loops.shutdownGracefully(100, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
