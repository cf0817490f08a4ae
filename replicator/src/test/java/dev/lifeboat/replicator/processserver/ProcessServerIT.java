package dev.lifeboat.replicator.processserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.head.Ownership;
import dev.lifeboat.vault.head.Takeover;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.Tip;
import dev.lifeboat.wire.LeakGuard;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process server on real TLS sockets, a scripted agent before it and a vault in memory behind it.
 */
@ExtendWith(LeakGuard.class)
final class ProcessServerIT {
  @TempDir private Path folder;
  private Site site;
  private ScriptedLog log;

  @BeforeEach
  void prepare() throws Exception {
    site = new Site(folder);
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    log = new ScriptedLog(site.machine, seed);
  }

  /** A log with three points. */
  private void write() {
    log.state(true);
    log.base();
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 5; j++) {
        log.data(40, 16 << 10);
      }
      log.mark();
    }
  }

  private void awaitUploaded(AgentDouble agent, long sequence) {
    await().atMost(Duration.ofSeconds(20)).until(() -> agent.ack.uploaded() >= sequence);
    assertThat(agent.ack.durable()).isGreaterThanOrEqualTo(sequence);
  }

  /** Every point that the vault has is what the disk held at its mark. */
  private void assertPoints(int least) throws Exception {
    LogView view = site.view();
    assertThat(view.points().size()).isGreaterThanOrEqualTo(least);
    for (RecoveryPoint point : view.points()) {
      byte[] expected = log.images.get(point.id().sequence());
      assertThat(expected).as("point %s is one of the agent's", point.id()).isNotNull();
      assertThat(site.hydrate(view, point)).as("point %s", point.id()).isEqualTo(expected);
    }
  }

  @Test
  void bringsBackEveryPoint_whenAllGoesWell() throws Exception {
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      Message.Welcome welcome = agent.greet(log);
      assertThat(welcome.lineage()).isEqualTo(Message.Welcome.NOTHING);
      assertThat(welcome.credit()).isPositive();
      write();
      agent.sendFrom(log, 0);
      awaitUploaded(agent, log.sequence);
    }
    assertPoints(3);
  }

  @Test
  void appendsExactlyOnce_whenFramesComeTwiceAndOutOfOrder() throws Exception {
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      write();
      Random random = new Random(1);
      List<Frame> frames = new ArrayList<>(log.frames.values());
      for (int i = 0; i + 4 <= frames.size(); i += 4) {
        List<Frame> few = new ArrayList<>(frames.subList(i, i + 4));
        few.addAll(frames.subList(i, i + 4));
        Collections.shuffle(few, random);
        few.forEach(agent::send);
        long next = i;
        // Whatever was made of the muddle, the agent then goes on from the resume point.
        frames.subList(i, i + 4).forEach(agent::send);
        await().atMost(Duration.ofSeconds(10)).until(() -> agent.ack.durable() >= next + 1);
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> {
            agent.sendFrom(log, agent.ack.durable());
            return agent.ack.uploaded() >= log.sequence;
          });
    }
    assertPoints(3);
  }

  @Test
  void answersWithTheResumePoint_whenASequenceComesWithAnotherContent() throws Exception {
    ScriptedLog other = new ScriptedLog(site.machine, 3);
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      log.state(true);
      Frame good = log.data(0, new byte[4096]);
      agent.sendFrom(log, 0);
      await().until(() -> agent.ack.durable() == 2);
      Frame impostor =
          new Frame(
              new dev.lifeboat.wire.frame.FrameHeader(
                  good.header().kind(),
                  good.header().codec(),
                  good.header().origin(),
                  3,
                  new dev.lifeboat.wire.frame.Span(log.position, log.position + 100, other.chain),
                  0,
                  good.header().rawLength(),
                  good.header().storedLength(),
                  1,
                  good.header().bodyCrc()),
              good.body());
      agent.send(impostor);
      await().until(() -> agent.refused.isPresent() || hasWelcome(agent));
      assertThat(agent.ack.durable()).isEqualTo(2);
    }
  }

  private static boolean hasWelcome(AgentDouble agent) throws InterruptedException {
    return agent.await(Message.Welcome.class).sequence() == 2;
  }

  @Test
  void goesOnFromItsCache_whenItIsStartedAgainWithTheVaultAway() throws Exception {
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      site.log.faults(failing("create"));
      write();
      agent.sendFrom(log, 0);
      await().atMost(Duration.ofSeconds(10)).until(() -> agent.ack.durable() == log.sequence);
      assertThat(agent.ack.uploaded()).isZero();
    }
    site.log.faults(failing("none"));
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      Message.Welcome welcome = agent.greet(log);
      assertThat(welcome.sequence()).isEqualTo(log.sequence);
      assertThat(welcome.epoch()).isEqualTo(1);
      assertThat(welcome.chain()).isEqualTo(log.chain);
      assertThat(welcome.position()).isEqualTo(log.position);
      awaitUploaded(agent, log.sequence);
    }
    assertPoints(3);
  }

  private static dev.lifeboat.vault.blob.MemoryBlobStore.Faults failing(String what) {
    return new dev.lifeboat.vault.blob.MemoryBlobStore.Faults() {
      @Override
      public void before(String call, String name) throws java.io.IOException {
        if (call.equals(what) && name.contains("/segment/")) {
          throw new dev.lifeboat.vault.blob.BlobException(
              dev.lifeboat.vault.blob.BlobException.Reason.BUSY, "503 of the test");
        }
      }
    };
  }

  @Test
  void answersFromTheVault_whenTheCacheIsLost() throws Exception {
    long held;
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      write();
      agent.sendFrom(log, 0);
      awaitUploaded(agent, log.sequence);
      held = log.sequence;
      site.log.faults(failing("create"));
      log.data(10, 4096);
      log.mark();
      agent.sendFrom(log, held);
      await().until(() -> agent.ack.durable() == log.sequence);
    }
    site.log.faults(failing("none"));
    try (ProcessServer server = site.server("another cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      Message.Welcome welcome = agent.greet(log);
      assertThat(welcome.epoch()).isEqualTo(2);
      assertThat(welcome.sequence()).isEqualTo(held);
      // The agent has forgotten what was durable: a gap, the state, the ranges again, a mark.
      log.gap(welcome.position(), held);
      log.state(true);
      log.base();
      log.data(10, 4096);
      log.mark();
      agent.sendFrom(log, held);
      awaitUploaded(agent, log.sequence);
    }
    assertPoints(4);
  }

  /** Sends all of a log that then ends, while nothing comes into the vault. */
  private void end(ProcessServer server, ScriptedLog ended) throws Exception {
    site.log.faults(failing("create"));
    try (AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(ended);
      agent.sendFrom(ended, 0);
      await().atMost(Duration.ofSeconds(20)).until(() -> agent.ack.durable() == ended.sequence);
    }
  }

  private void awaitLineageInHead(UUID lineage) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(new Heads(site.head).require(site.machine).head().lineage())
                .isEqualTo(lineage));
  }

  @Test
  void acknowledgesNothingOfALineageThatEnded() throws Exception {
    ScriptedLog next = new ScriptedLog(site.machine, 3);
    log.state(true);
    for (int i = 0; i < 3; i++) {
      log.data(5, 4096);
    }
    log.mark();
    try (ProcessServer server = site.server("cache")) {
      end(server, log);
      try (AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
        assertThat(agent.greet(next).sequence()).isEqualTo(5);
        site.log.faults(failing("none"));
        // The head is told behind the session: a PONG from now on comes behind any ACK of it.
        awaitLineageInHead(log.lineage);
        agent.send(new Message.Ping(1, 0));
        agent.await(Message.Pong.class);
        assertThat(agent.ack).isEqualTo(new Message.Ack(0, 0));
        next.state(true);
        agent.sendFrom(next, 0);
        assertThat(agent.await(Message.Ack.class).durable()).isEqualTo(1);
        awaitUploaded(agent, 1);
      }
    }
  }

  @Test
  void acknowledgesTheFirstFrame_whenTheLineageBeforeEndedWithItsFirstToo() throws Exception {
    ScriptedLog next = new ScriptedLog(site.machine, 3);
    log.state(true);
    next.state(true);
    try (ProcessServer server = site.server("cache")) {
      end(server, log);
      try (AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
        assertThat(agent.greet(next).sequence()).isEqualTo(1);
        agent.sendFrom(next, 0);
        assertThat(agent.await(Message.Ack.class)).isEqualTo(new Message.Ack(1, 0));
      }
    }
  }

  @Test
  void refusesAFrameOfAnotherLineageThanItWasGreetedWith() throws Exception {
    ScriptedLog other = new ScriptedLog(site.machine, 3);
    other.state(true);
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      agent.sendFrom(other, 0);
      await().until(() -> agent.refused.isPresent());
      assertThat(agent.refused.orElseThrow().reason()).isEqualTo(Refusal.MALFORMED);
    }
  }

  @Test
  void letsNoMarkBeEarlierThanTheLastOne_whenItTakesOverWithAClockThatIsBehind() throws Exception {
    Instant ahead = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
    SegmentLog segments = new SegmentLog(site.vault, site.machine);
    Ownership other =
        new Takeover(new Heads(site.head)).take(segments, UUID.randomUUID(), site.dataKey());
    LogWriter writer =
        new LogWriter(segments, site.dataKey(), other.next(), Tip.beginning(log.lineage));
    writer.state(LogWriter.disk(ScriptedLog.DISK, ScriptedLog.SIZE));
    writer.write(ScriptedLog.DISK, 0, new byte[512]).mark(ahead, ScriptedLog.DISK);
    Tip tip = writer.finishAndPut();
    log.sequence = tip.sequence();
    log.position = tip.position();
    log.chain = tip.chain();
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      assertThat(agent.greet(log).sequence()).isEqualTo(tip.sequence());
      log.mark();
      agent.sendFrom(log, tip.sequence());
      awaitUploaded(agent, log.sequence);
      await()
          .untilAsserted(() ->
              assertThat(new Heads(site.head).require(site.machine).head().lineage())
                  .isEqualTo(log.lineage));
    }
    assertThat(site.view().points()).hasSize(2);
    assertThat(site.view().latest().orElseThrow().mark().time()).isAfterOrEqualTo(ahead);
  }

  @Test
  void stopsTheOldServer_whenANewOneTakesOver() throws Exception {
    try (ProcessServer old = site.server("old");
        ProcessServer young = site.server("young");
        AgentDouble first = new AgentDouble(old.port(), site.identity())) {
      first.greet(log);
      write();
      first.sendFrom(log, 0);
      awaitUploaded(first, log.sequence);
      long common = log.sequence;
      try (AgentDouble second = new AgentDouble(young.port(), site.identity())) {
        assertThat(second.greet(log).sequence()).isEqualTo(common);
        log.data(20, 4096);
        log.mark();
        second.sendFrom(log, common);
        // The old one is given the same frames: it may call them durable, but never uploads them.
        first.sendFrom(log, common);
        awaitUploaded(second, log.sequence);
        await().atMost(Duration.ofSeconds(20)).until(() -> first.refused.isPresent());
        assertThat(first.refused.orElseThrow().reason()).isEqualTo(Refusal.TAKEN_OVER);
        assertThat(first.ack.uploaded()).isEqualTo(common);
      }
      // The agent comes back to the old one, which takes it over in turn.
      try (AgentDouble third = new AgentDouble(old.port(), site.identity())) {
        Message.Welcome welcome = third.greet(log);
        assertThat(welcome.epoch()).isEqualTo(3);
        assertThat(welcome.sequence()).isEqualTo(log.sequence);
        log.data(20, 4096);
        log.mark();
        third.sendFrom(log, welcome.sequence());
        awaitUploaded(third, log.sequence);
      }
    }
    assertPoints(5);
  }

  @Test
  void refusesBoth_whenTwoBootsLive() throws Exception {
    try (ProcessServer server = site.server("cache");
        AgentDouble first = new AgentDouble(server.port(), site.identity())) {
      first.greet(log);
      try (AgentDouble second = new AgentDouble(server.port(), site.identity())) {
        second.hello(log);
        await().until(() -> first.refused.isPresent() && second.refused.isPresent());
        assertThat(first.refused.orElseThrow().reason()).isEqualTo(Refusal.TWO_LIVE_BOOTS);
        assertThat(second.refused.orElseThrow().reason()).isEqualTo(Refusal.TWO_LIVE_BOOTS);
      }
    }
  }

  @Test
  void acceptsTheNewer_whenTheOlderDoesNotAnswer() throws Exception {
    try (ProcessServer server = site.server("cache");
        AgentDouble first = new AgentDouble(server.port(), site.identity())) {
      first.greet(log);
      first.answersPings = false;
      try (AgentDouble second = new AgentDouble(server.port(), site.identity())) {
        second.greet(log);
        await().until(() -> !first.isOpen());
        write();
        second.sendFrom(log, 0);
        awaitUploaded(second, log.sequence);
      }
    }
    assertPoints(3);
  }
}
