package dev.lifeboat.replicator.processserver.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.replicator.processserver.cache.CacheSpace;
import dev.lifeboat.replicator.processserver.cache.CacheVolume;
import dev.lifeboat.replicator.processserver.log.ByteBudget;
import dev.lifeboat.replicator.processserver.metrics.ServerMetrics;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.MessageDecoder;
import dev.lifeboat.wire.protocol.Refusal;
import dev.lifeboat.wire.protocol.Side;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session whose peer does not read, from HELLO on; its machine is being opened all the while. */
final class SessionTest {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final int MANY = 100_000;

  @TempDir private Path folder;
  private CacheVolume volume;
  private final Peer peer = new Peer();
  private final EmbeddedChannel channel = new EmbeddedChannel(peer);
  private Session session;

  /** Takes nothing that is sent unless told to. */
  private static final class Peer extends ChannelOutboundHandlerAdapter {
    private boolean reads;

    @Override
    public void flush(ChannelHandlerContext context) {
      if (reads) {
        context.flush();
      }
    }
  }

  @BeforeEach
  void greet() throws IOException {
    volume = CacheVolume.open(folder.resolve("cache"), folder.resolve("volume.key"), 0);
    SessionContext context =
        SessionContext.of(
            ListenerLimits.STANDARD,
            machine -> new CompletableFuture<>(),
            new ByteBudget(1 << 20),
            new CacheSpace(volume),
            new ServerMetrics(),
            serial -> false);
    session = new Session(channel, new MessageDecoder(Side.SERVER), context);
    channel.pipeline().addLast(new SessionHandler(session));
    session.authenticated(MACHINE, "1");
    channel.writeInbound(
        new Message.Hello(MACHINE, "", new UUID(2, 2), new UUID(3, 3), 0, Chain.START, "test"));
  }

  @AfterEach
  void close() throws IOException {
    var _ = channel.close();
    volume.close();
  }

  /** Pings for as long as it is read from. */
  private int ping() {
    int pings = 0;
    while (channel.config().isAutoRead() && pings < MANY) {
      channel.writeInbound(new Message.Ping(++pings, 0));
    }
    return pings;
  }

  @Test
  void readsNoMore_fromAPeerThatDoesNotReadItsAnswers() {
    assertThat(ping()).isBetween(1, MANY - 1);
    assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes())
        .isLessThan(2L * channel.config().getWriteBufferHighWaterMark());
    peer.reads = true;
    channel.flush();
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(ping()).isEqualTo(MANY);
  }

  @Test
  void hangsUp_onAPeerThatDoesNotReadWhyItIsRefused() {
    session.refuse(Refusal.BUSY, "test");
    assertThat(channel.isOpen()).as("it may still read why").isTrue();
    channel.advanceTimeBy(1, TimeUnit.MINUTES);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }
}
