package dev.lifeboat.agent.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Greets, notices silence, backs off, goes on to the next server: by the clock of the test. */
class SessionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final UUID LINEAGE = UUID.randomUUID();
  private static final Message.Hello HELLO =
      new Message.Hello(
          UUID.randomUUID(), "hw", UUID.randomUUID(), LINEAGE, 7, Chain.START, "test");

  /** A link that a test opens, fills and breaks. */
  private static final class FakeLink implements Link {
    private final Deque<Message> received = new ArrayDeque<>();
    private final List<Message> sent = new ArrayList<>();
    private boolean open;
    private boolean closed;
    private String failure = "";

    void broken(String why) {
      closed = true;
      failure = why;
    }

    @Override
    public boolean isOpen() {
      return open && !closed;
    }

    @Override
    public boolean isClosed() {
      return closed && received.isEmpty();
    }

    @Override
    public boolean isWritable() {
      return isOpen();
    }

    @Override
    public void send(Message message) {
      sent.add(message);
    }

    @Override
    public Optional<Message> receive() {
      return Optional.ofNullable(received.poll());
    }

    @Override
    public String failure() {
      return failure;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final ServerAddress ONE = new ServerAddress("one", 1);
  private static final ServerAddress TWO = new ServerAddress("two", 2);
  private static final ServerAddress THREE = new ServerAddress("three", 3);

  private List<ServerAddress> assigned = List.of(ONE, TWO);
  private final List<ServerAddress> dialled = new ArrayList<>();
  private FakeLink link = new FakeLink();
  private long now = 5 * SECOND;
  private final Session session =
      new Session(
          server -> {
            dialled.add(server);
            link = new FakeLink();
            return link;
          },
          () -> assigned,
          () -> HELLO,
          () -> now,
          Duration.ofSeconds(30));

  private static Message.Welcome welcome(long sequence) {
    return new Message.Welcome(3, LINEAGE, sequence, 7, Chain.START, 0, 1 << 20);
  }

  private Optional<Message> step() {
    return session.step();
  }

  private void shipping() {
    assertThat(step()).isEmpty();
    link.open = true;
    assertThat(step()).isEmpty();
    link.received.add(welcome(1));
    assertThat(step()).contains(welcome(1));
    assertThat(session.phase()).isEqualTo(Session.Phase.SHIPPING);
  }

  private String lastDialled() {
    return dialled.getLast().host();
  }

  @Test
  void greetsOnceTheHandshakeIsDoneAndShipsOnceWelcome() {
    assertThat(session.trouble()).isEqualTo("not connected yet");
    step();
    step();
    assertThat(session.phase()).isEqualTo(Session.Phase.CONNECTING);
    assertThat(link.sent).isEmpty();
    link.open = true;
    step();
    assertThat(link.sent).containsExactly(HELLO);
    assertThat(session.phase()).isEqualTo(Session.Phase.GREETING);
    assertThat(session.shipping()).isEmpty();
    step();
    assertThat(link.sent).hasSize(1);
    link.received.add(welcome(9));
    assertThat(step()).contains(welcome(9));
    assertThat(session.shipping()).contains(link);
    assertThat(session.trouble()).isEmpty();
  }

  @Test
  void acknowledgementsBeforeTheWelcomeAreNothing() {
    step();
    link.open = true;
    step();
    link.received.add(new Message.Ack(5, 5));
    link.received.add(new Message.Credit(5));
    assertThat(step()).isEmpty();
    assertThat(step()).isEmpty();
    assertThat(session.phase()).isEqualTo(Session.Phase.GREETING);
  }

  /** The server's answer to a frame that does not fit: go on from here. */
  @Test
  void anotherWelcomeIsAResumePointWithinTheSession() {
    shipping();
    link.received.add(new Message.Ack(5, 4));
    assertThat(step()).contains(new Message.Ack(5, 4));
    link.received.add(welcome(4));
    assertThat(step()).contains(welcome(4));
    assertThat(session.phase()).isEqualTo(Session.Phase.SHIPPING);
    assertThat(link.sent).containsExactly(HELLO);
  }

  @Test
  void handshakeThatNeverEndsIsGivenUpAndTheNextServerGreeted() {
    step();
    now += 30 * SECOND;
    step();
    assertThat(session.phase()).isEqualTo(Session.Phase.CONNECTING);
    now += 1;
    FakeLink hung = link;
    step();
    assertThat(hung.closed).isTrue();
    assertThat(session.trouble()).isEqualTo("one:1: no answer for 30 s");
    now += SECOND;
    step();
    assertThat(dialled).extracting(ServerAddress::host).containsExactly("one", "two");
  }

  @Test
  void silenceIsAskedIntoBeforeItIsGivenUp() {
    shipping();
    now += 10 * SECOND + 1;
    step();
    assertThat(link.sent).hasSize(2);
    assertThat(link.sent.getLast()).isInstanceOf(Message.Ping.class);
    step();
    assertThat(link.sent).as("once").hasSize(2);
    link.received.add(new Message.Pong(1, 0));
    assertThat(step()).isEmpty();
    now += 30 * SECOND;
    step();
    assertThat(session.phase()).as("the PONG was heard").isEqualTo(Session.Phase.SHIPPING);
    now += 1;
    step();
    assertThat(session.phase()).isEqualTo(Session.Phase.DOWN);
  }

  @Test
  void brokenLinkIsDialledAgainWithGrowingPauses() {
    long[] pauses = {200, 400, 800, 1600, 3200, 5000, 5000};
    for (long pause : pauses) {
      step();
      link.broken("Connection refused");
      step();
      assertThat(session.trouble()).isEqualTo("one:1: Connection refused");
      int before = dialled.size();
      now += pause * 1_000_000 - 1;
      step();
      assertThat(dialled).as("too early, pause %d", pause).hasSize(before);
      now += 1;
    }
    assertThat(dialled).extracting(ServerAddress::host).containsOnly("one");
  }

  @Test
  void unreachableServerIsLeftForTheNextOneAfterTheTimeSet() {
    for (long end = now + 40 * SECOND; now < end; now += SECOND / 10) {
      step();
      link.broken("Connection refused");
      step();
    }
    assertThat(dialled).extracting(ServerAddress::host).contains("two");
    assertThat(dialled.getFirst().host()).isEqualTo("one");
  }

  @Test
  void welcomeMakesThePausesShortAgain() {
    for (int i = 0; i < 4; i++) {
      step();
      link.broken("cut");
      step();
      now += 5 * SECOND;
    }
    shipping();
    link.broken("cut");
    step();
    int before = dialled.size();
    now += 200_000_000L;
    step();
    assertThat(dialled).hasSize(before + 1);
  }

  @Test
  void sessionIsBegunAnewAtOnceButNotAgainAndAgain() {
    shipping();
    session.reconnect("a new lineage");
    step();
    assertThat(dialled).as("at once").hasSize(2);
    for (long pause : new long[] {200, 400, 800, 1600, 3200, 5000, 5000}) {
      shipping();
      session.reconnect("a new lineage");
      int before = dialled.size();
      now += pause * 1_000_000 - 1;
      step();
      assertThat(dialled).as("too early, pause %d", pause).hasSize(before);
      now += 1;
    }
    shipping();
    link.received.add(new Message.Ack(1, 0));
    assertThat(step()).contains(new Message.Ack(1, 0));
    session.reconnect("a new lineage");
    int before = dialled.size();
    step();
    assertThat(dialled).as("something was taken").hasSize(before + 1);
  }

  @Test
  void whatCameBeforeTheBreakIsStillHeard() {
    shipping();
    link.received.add(new Message.Ack(8, 8));
    link.broken("cut");
    assertThat(step()).contains(new Message.Ack(8, 8));
    assertThat(session.phase()).isEqualTo(Session.Phase.SHIPPING);
    step();
    assertThat(session.phase()).isEqualTo(Session.Phase.DOWN);
  }

  @Test
  void passingRefusalGoesToTheNextServer() {
    for (Refusal refusal : List.of(Refusal.BUSY, Refusal.TAKEN_OVER, Refusal.FAULT)) {
      step();
      String asked = lastDialled();
      link.open = true;
      step();
      link.received.add(new Message.Refuse(refusal, "not now"));
      step();
      assertThat(session.trouble())
          .isEqualTo("%s: refused (%s): not now", dialled.getLast(), refusal);
      now += 5 * SECOND;
      step();
      assertThat(lastDialled()).isNotEqualTo(asked);
      link.broken("next");
      step();
      now += 5 * SECOND;
    }
  }

  @Test
  void refusalThatOnlyAPersonEndsIsNotHammeredAt() {
    step();
    link.open = true;
    step();
    link.received.add(new Message.Refuse(Refusal.TWO_LIVE_BOOTS, "two are live"));
    step();
    assertThat(session.trouble()).isEqualTo("one:1: refused (TWO_LIVE_BOOTS): two are live");
    now += 30 * SECOND - 1;
    step();
    assertThat(dialled).hasSize(1);
    now += 1;
    step();
    assertThat(dialled).containsExactly(ONE, ONE);
    now += 30 * SECOND;
    step();
    assertThat(session.phase()).as("it has its time").isEqualTo(Session.Phase.CONNECTING);
    now += 1;
    step();
    assertThat(session.trouble()).isEqualTo("one:1: no answer for 30 s");
  }

  @Test
  void movedMachineGoesToItsNewServerAtOnce() {
    shipping();
    FakeLink before = link;
    assigned = List.of(TWO, ONE);
    step();
    assertThat(before.closed).isTrue();
    assertThat(dialled).containsExactly(ONE, TWO);
    assertThat(session.shipping()).isEmpty();
    assertThat(session.trouble()).isEqualTo("two:2: assigned, not connected yet");
  }

  @Test
  void serverThatIsAssignedNoLongerIsLeft() {
    shipping();
    assigned = List.of(THREE);
    step();
    assertThat(dialled).containsExactly(ONE, THREE);
  }

  @Test
  void sessionGoesOnWhereTheListOnlyGrew() {
    shipping();
    assigned = List.of(ONE, THREE, TWO);
    step();
    assertThat(session.phase()).isEqualTo(Session.Phase.SHIPPING);
    link.broken("cut");
    step();
    for (long end = now + 40 * SECOND; now < end && dialled.size() < 40; now += SECOND) {
      step();
      link.broken("Connection refused");
      step();
    }
    assertThat(dialled).contains(THREE).doesNotContain(TWO);
  }

  /** The first of the list was down when it was left; the same list does not call it back. */
  @Test
  void sessionWithAnotherThanTheFirstGoesOnWhenTheListGrows() {
    step();
    link.open = true;
    step();
    link.received.add(new Message.Refuse(Refusal.BUSY, "not now"));
    step();
    now += 5 * SECOND;
    shipping();
    assertThat(lastDialled()).isEqualTo("two");
    assigned = List.of(ONE, THREE, TWO);
    step();
    assertThat(session.phase()).isEqualTo(Session.Phase.SHIPPING);
    assertThat(session.server()).isEqualTo(TWO);
    assigned = List.of(TWO, ONE);
    step();
    assertThat(session.phase()).as("moved to where it is").isEqualTo(Session.Phase.SHIPPING);
  }
}
