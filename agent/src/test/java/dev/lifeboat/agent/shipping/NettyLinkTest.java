package dev.lifeboat.agent.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.Identity;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's end of a link over real sockets. */
class NettyLinkTest {
  private static final Message.Welcome WELCOME =
      new Message.Welcome(1, UUID.randomUUID(), 0, 0, Chain.START, 0, 1);
  private static final Message.Hello HELLO =
      new Message.Hello(
          UUID.randomUUID(), "hw", UUID.randomUUID(), UUID.randomUUID(), 7, Chain.START, "test");

  @TempDir Path folder;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
  private CertificateAuthority authority;
  private NettyDialer dialer;

  @BeforeEach
  void make() throws Exception {
    authority = CertificateAuthority.create(folder.resolve("ca"), "Test", Clock.systemUTC());
    Identity identity = authority.issueMachine(UUID.randomUUID(), Duration.ofDays(1));
    dialer = dialer(identity, Duration.ofSeconds(30));
  }

  private static NettyDialer dialer(Identity identity, Duration patience) throws Exception {
    return new NettyDialer(TlsContexts.agent(identity), () -> 4711, patience);
  }

  private void impatient() throws Exception {
    dialer.close();
    dialer =
        dialer(
            authority.issueMachine(UUID.randomUUID(), Duration.ofDays(1)), Duration.ofSeconds(2));
  }

  @AfterEach
  void close() {
    dialer.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static void until(String what, Callable<Boolean> condition) {
    await(what).atMost(Duration.ofSeconds(30)).until(condition);
  }

  /** A server that answers HELLO with these messages. */
  private ServerAddress server(Identity identity, Message... answers) throws Exception {
    var tls = TlsContexts.server(identity);
    Channel listening =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    MessageDecoder _ = Pipelines.server(channel, tls, Duration.ofSeconds(30));
                    channel.pipeline().addLast(new Answering(answers));
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    return new ServerAddress("127.0.0.1", ((InetSocketAddress) listening.localAddress()).getPort());
  }

  private final class Answering extends SimpleChannelInboundHandler<Message> {
    private final Message[] answers;

    Answering(Message... answers) {
      this.answers = answers;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Message message) {
      heard.add(message);
      if (message instanceof Message.Hello) {
        for (Message answer : answers) {
          ChannelFuture _ = context.write(answer);
        }
        context.flush();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ChannelFuture _ = context.close();
    }
  }

  private Identity serverIdentity() throws Exception {
    return authority.issueServer(List.of("127.0.0.1"), Duration.ofDays(1));
  }

  private String failure(ServerAddress address) {
    try (Link link = dialer.dial(address)) {
      until("the link fails", link::isClosed);
      assertThat(link.isOpen()).isFalse();
      return link.failure();
    }
  }

  @Test
  void opensBehindTheHandshakeAndHearsWhatIsSent() throws Exception {
    try (Link link = dialer.dial(server(serverIdentity(), WELCOME, new Message.Ack(2, 1)))) {
      until("the handshake", link::isOpen);
      assertThat(link.receive()).isEmpty();
      link.send(HELLO);
      until("the WELCOME", () -> link.receive().equals(Optional.of(WELCOME)));
      until("the ACK", () -> link.receive().isPresent());
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo(HELLO);
    }
  }

  /** The shipping thread may be busy for long: it is not asked. */
  @Test
  void answersPingsByItself() throws Exception {
    try (Link link = dialer.dial(server(serverIdentity(), WELCOME, new Message.Ping(99, 1)))) {
      until("the handshake", link::isOpen);
      link.send(HELLO);
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo(HELLO);
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo(new Message.Pong(99, 4711));
    }
  }

  /** Machines reach servers by addresses that no certificate can know. */
  @Test
  void serverIsKnownByTheNameThatItIsCertifiedUnder() throws Exception {
    String name = "gold.default.process-server.lifeboat";
    Identity certified = authority.issueServer(List.of(name), Duration.ofDays(1));
    int port = server(certified, WELCOME).port();
    try (Link link = dialer.dial(new ServerAddress("127.0.0.1", port, name))) {
      until("the handshake", link::isOpen);
    }
    assertThat(failure(new ServerAddress("127.0.0.1", port))).contains("does not name it");
    assertThat(failure(new ServerAddress("127.0.0.1", port, "silver.process-server.lifeboat")))
        .contains("does not name it");
  }

  @Test
  void anotherIdentityIsShownFromTheNextConnectionOn() throws Exception {
    ServerAddress address = server(serverIdentity(), WELCOME);
    CertificateAuthority stranger =
        CertificateAuthority.create(folder.resolve("stranger"), "Test", Clock.systemUTC());
    try (Link before = dialer.dial(address)) {
      until("the handshake", before::isOpen);
      dialer.identify(
          TlsContexts.agent(stranger.issueMachine(UUID.randomUUID(), Duration.ofDays(1))));
      before.send(HELLO);
      assertThat(heard.poll(5, TimeUnit.SECONDS)).as("it goes on").isEqualTo(HELLO);
    }
    assertThat(failure(address)).contains("is not of the authority in ca.crt");
  }

  @Test
  void saysWhenNobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(failure(new ServerAddress("127.0.0.1", port)))
        .startsWith("cannot be reached: Connection refused");
  }

  @Test
  void saysWhenTheNameIsUnknown() {
    assertThat(failure(new ServerAddress("no-such-host.invalid", 9443)))
        .startsWith("cannot be reached: ");
  }

  /** A peer that takes the connection and says nothing: a firewall, or another program. */
  @Test
  void handshakeHasATimeOut() throws Exception {
    impatient();
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long began = System.nanoTime();
      assertThat(failure(new ServerAddress("127.0.0.1", mute.getLocalPort())))
          .isEqualTo("TLS: handshake timed out after 2000ms");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void welcomeHasATimeOut() throws Exception {
    impatient();
    try (Link link = dialer.dial(server(serverIdentity()))) {
      until("the handshake", link::isOpen);
      link.send(HELLO);
      until("the end", link::isClosed);
      assertThat(link.failure()).isEqualTo("no message within 2 s");
    }
  }

  @Test
  void serverOfAnotherAuthorityGetsNothing() throws Exception {
    CertificateAuthority other =
        CertificateAuthority.create(folder.resolve("other"), "Other", Clock.systemUTC());
    Identity foreign = other.issueServer(List.of("127.0.0.1"), Duration.ofDays(1));
    assertThat(failure(server(foreign, WELCOME)))
        .isEqualTo(
            "TLS: the server's certificate is not of the authority in ca.crt: check address and identity");
    assertThat(heard).isEmpty();
  }

  @Test
  void serverOfAnotherNameGetsNothing() throws Exception {
    Identity elsewhere = authority.issueServer(List.of("192.0.2.1"), Duration.ofDays(1));
    assertThat(failure(server(elsewhere, WELCOME)))
        .startsWith("TLS: the server's certificate does not name it: issue it by --host (")
        .contains("127.0.0.1");
    assertThat(heard).isEmpty();
  }

  @Test
  void serverWhoseCertificateExpiredGetsNothing() throws Exception {
    Clock past = Clock.fixed(Instant.now().minus(Duration.ofDays(3)), ZoneOffset.UTC);
    Identity old =
        CertificateAuthority.open(folder.resolve("ca"), past)
            .issueServer(List.of("127.0.0.1"), Duration.ofDays(1));
    assertThat(failure(server(old, WELCOME)))
        .isEqualTo(
            "TLS: the server's certificate expired: issue it a new one (lifeboat-replicator ca server)");
    assertThat(heard).isEmpty();
  }

  /** In TLS 1.3 the agent's handshake is done before the server has looked at its certificate. */
  private String refusal(Identity ours) throws Exception {
    dialer.close();
    dialer = dialer(ours, Duration.ofSeconds(30));
    try (Link link = dialer.dial(server(serverIdentity(), WELCOME))) {
      until("the refusal", () -> !link.failure().isEmpty());
      assertThat(heard).isEmpty();
      return link.failure();
    }
  }

  @Test
  void saysWhenTheServerDoesNotTakeOurAuthority() throws Exception {
    Identity foreign =
        CertificateAuthority.create(folder.resolve("other"), "Other", Clock.systemUTC())
            .issueMachine(UUID.randomUUID(), Duration.ofDays(1));
    Identity known = new Identity(foreign.key(), foreign.chain(), List.of(authority.certificate()));
    assertThat(refusal(known))
        .endsWith(
            "the server does not take this machine's certificate: issue a new identity by the server's authority (lifeboat-replicator ca machine)");
  }

  @Test
  void saysWhenOurCertificateExpired() throws Exception {
    Clock past = Clock.fixed(Instant.now().minus(Duration.ofDays(3)), ZoneOffset.UTC);
    Identity old =
        CertificateAuthority.open(folder.resolve("ca"), past)
            .issueMachine(UUID.randomUUID(), Duration.ofDays(1));
    assertThat(refusal(old))
        .endsWith(
            "the server says that this machine's certificate expired: issue a new identity by the server's authority (lifeboat-replicator ca machine)");
  }

  @Test
  void serverThatFloodsIsLeft() throws Exception {
    Message[] flood = new Message[70_000];
    Arrays.fill(flood, new Message.Credit(1));
    flood[0] = WELCOME;
    try (Link link = dialer.dial(server(serverIdentity(), flood))) {
      until("the handshake", link::isOpen);
      link.send(HELLO);
      until("the end", () -> !link.failure().isEmpty());
      assertThat(link.failure()).isEqualTo("the server sends more than an agent can hear");
    }
  }
}
