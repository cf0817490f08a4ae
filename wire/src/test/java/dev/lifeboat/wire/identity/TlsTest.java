package dev.lifeboat.wire.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.LeakGuard;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.RandomFrames;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.MessageDecoder;
import dev.lifeboat.wire.protocol.MessageEncoder;
import dev.lifeboat.wire.protocol.Pipelines;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets on the loopback: who is let in, and that the others reach no handler. */
@ExtendWith(LeakGuard.class)
class TlsTest {
  private static final UUID MACHINE = UUID.fromString("5b2d7f3e-0000-4000-8000-0123456789ab");
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<Object> answered = new LinkedBlockingQueue<>();
  private CertificateAuthority authority;
  private Channel server;

  @TempDir Path folder;

  @BeforeEach
  void listen() throws Exception {
    authority = CertificateAuthority.create(folder.resolve("ca"), "Test", Clock.systemUTC());
    serve(TlsContexts.server(authority.issueServer(List.of("127.0.0.1"), Duration.ofDays(1))));
  }

  private void serve(SslContext tls) {
    server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    MessageDecoder decoder = Pipelines.server(channel, tls, Duration.ofSeconds(5));
                    channel.pipeline().addLast(new Host(decoder));
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  @AfterEach
  void stop() {
    server.close().syncUninterruptibly();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Answers HELLO with who the certificate says the peer is. */
  private final class Host extends ChannelInboundHandlerAdapter {
    private final MessageDecoder decoder;

    Host(MessageDecoder decoder) {
      this.decoder = decoder;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
      heard.add(message);
      if (message instanceof Message.Hello) {
        decoder.acceptFrames();
        UUID machine =
            TlsContexts.peerMachine(context.pipeline().get(SslHandler.class).engine().getSession());
        ChannelFuture _ =
            context.writeAndFlush(new Message.Welcome(1, machine, 0, 0, Chain.START, 0, 1));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ChannelFuture _ = context.close();
    }
  }

  private final class Guest extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      answered.add(message instanceof Message ? message : "bytes");
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ChannelFuture _ = context.close();
    }
  }

  private Channel connect(SslContext tls, String name) {
    int port = ((InetSocketAddress) server.localAddress()).getPort();
    return new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                Pipelines.agent(channel, tls, name, port, Duration.ofSeconds(30));
                channel.pipeline().addLast(new Guest());
              }
            })
        .connect("127.0.0.1", port)
        .syncUninterruptibly()
        .channel();
  }

  private static Message.Hello hello() {
    return new Message.Hello(
        MACHINE, "hardware", new UUID(3, 4), new UUID(5, 6), 0, Chain.START, "1");
  }

  @Test
  void letsAMachineIn_andCarriesItsFrames() throws Exception {
    Channel agent =
        connect(
            TlsContexts.agent(authority.issueMachine(MACHINE, Duration.ofDays(1))), "127.0.0.1");
    agent.writeAndFlush(hello()).syncUninterruptibly();
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(hello());
    assertThat(answered.poll(20, TimeUnit.SECONDS))
        .isEqualTo(new Message.Welcome(1, MACHINE, 0, 0, Chain.START, 0, 1));
    try (RandomFrames frames = new RandomFrames(5)) {
      for (int i = 0; i < 20; i++) {
        Frame frame = frames.data(30, 64 * 1024);
        agent.writeAndFlush(new Message.FrameMessage(frame)).syncUninterruptibly();
        Message.FrameMessage message = (Message.FrameMessage) heard.poll(20, TimeUnit.SECONDS);
        assertThat(message.frame().encode()).isEqualTo(frame.encode());
      }
    }
    assertThat(agent.pipeline().get(SslHandler.class).engine().getSession().getProtocol())
        .isEqualTo("TLSv1.3");
    agent.close().syncUninterruptibly();
  }

  @Test
  void refusesAMachineOfAnotherAuthority() throws Exception {
    CertificateAuthority other =
        CertificateAuthority.create(folder.resolve("other"), "Test", Clock.systemUTC());
    Identity stranger = other.issueMachine(MACHINE, Duration.ofDays(1));
    refused(
        TlsContexts.agent(
            new Identity(stranger.key(), stranger.chain(), List.of(authority.certificate()))));
  }

  @Test
  void refusesAnExpiredMachine() throws Exception {
    Clock past = Clock.offset(Clock.systemUTC(), Duration.ofDays(-3));
    CertificateAuthority earlier = CertificateAuthority.open(folder.resolve("ca"), past);
    refused(TlsContexts.agent(earlier.issueMachine(MACHINE, Duration.ofDays(1))));
  }

  @Test
  void refusesAServerAsMachine() throws Exception {
    refused(TlsContexts.agent(authority.issueServer(List.of("127.0.0.1"), Duration.ofDays(1))));
  }

  @Test
  void refusesWhoHasNoCertificate() throws Exception {
    refused(client("TLSv1.3", true).build());
  }

  @Test
  void refusesOlderTls() throws Exception {
    Identity machine = authority.issueMachine(MACHINE, Duration.ofDays(1));
    refused(client("TLSv1.2", true).keyManager(machine.key(), machine.chain()).build());
  }

  @Test
  void refusesWhoDoesNotNameTheProtocol() throws Exception {
    Identity machine = authority.issueMachine(MACHINE, Duration.ofDays(1));
    refused(client("TLSv1.3", false).keyManager(machine.key(), machine.chain()).build());
  }

  @Test
  void isRefused_whenTheServerIsAnother() throws Exception {
    Identity machine = authority.issueMachine(MACHINE, Duration.ofDays(1));
    Channel agent = connect(TlsContexts.agent(machine), "another.example");
    assertThat(agent.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(heard).isEmpty();
  }

  @Test
  void closes_whenNothingIsSaid() throws Exception {
    Identity machine = authority.issueMachine(MACHINE, Duration.ofDays(1));
    Channel silent = connect(TlsContexts.agent(machine), "127.0.0.1");
    silent.pipeline().get(SslHandler.class).handshakeFuture().syncUninterruptibly();
    assertThat(silent.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
  }

  private SslContextBuilder client(String version, boolean alpn) {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .protocols(version)
            .trustManager(authority.certificate());
    return alpn ? builder.applicationProtocolConfig(TlsContexts.PROTOCOLS) : builder;
  }

  /** The control: what {@link #refused} does, with everything in order. */
  @Test
  void letsIn_whoIsNotToBeRefused() throws Exception {
    Identity machine = authority.issueMachine(MACHINE, Duration.ofDays(1));
    Channel agent =
        greet(client("TLSv1.3", true).keyManager(machine.key(), machine.chain()).build());
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(hello());
    agent.close().syncUninterruptibly();
  }

  /** Its HELLO reaches nobody, it hears nothing, and the connection ends. */
  private void refused(SslContext tls) throws Exception {
    Channel agent = greet(tls);
    assertThat(agent.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(heard).isEmpty();
    assertThat(answered).isEmpty();
  }

  /** Says HELLO without the gate that an agent has. */
  private Channel greet(SslContext tls) {
    int port = ((InetSocketAddress) server.localAddress()).getPort();
    Channel agent =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc(), "127.0.0.1", port));
                    channel.pipeline().addLast(new MessageEncoder());
                    channel.pipeline().addLast(new Guest());
                  }
                })
            .connect("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
    agent.writeAndFlush(hello()).awaitUninterruptibly(20, TimeUnit.SECONDS);
    return agent;
  }
}
