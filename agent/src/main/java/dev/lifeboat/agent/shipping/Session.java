package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a link to one of the process servers: greets, notices silence, backs off, and goes on to
 * the next server when one has not answered for as long as is set. Belongs to the shipping thread.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final long MILLISECOND = 1_000_000L;
  private static final long FIRST_PAUSE = 200 * MILLISECOND;
  private static final long LONGEST_PAUSE = 5_000 * MILLISECOND;

  /** Where a session stands. */
  enum Phase {
    DOWN,
    CONNECTING,
    GREETING,
    SHIPPING
  }

  private final Dialer dialer;
  private final Supplier<List<ServerAddress>> assigned;
  private final Supplier<Message.Hello> hello;
  private final LongSupplier nanos;
  private final long silence;
  private List<ServerAddress> servers;
  private Phase phase = Phase.DOWN;
  private Optional<Link> link = Optional.empty();
  private int server;
  private long heardAt;
  private long pingedAt;
  private long pauseUntil;
  private long pause = FIRST_PAUSE;
  private long pauseAnew;
  private long pings;
  private String trouble = "not connected yet";

  Session(
      Dialer dialer,
      Supplier<List<ServerAddress>> assigned,
      Supplier<Message.Hello> hello,
      LongSupplier nanos,
      Duration silence) {
    this.dialer = dialer;
    this.assigned = assigned;
    this.servers = assigned.get();
    this.hello = hello;
    this.nanos = nanos;
    this.silence = silence.toNanos();
    this.heardAt = nanos.getAsLong();
    this.pauseUntil = heardAt;
  }

  /** The link, if frames may be sent on it. */
  Optional<Link> shipping() {
    return phase == Phase.SHIPPING ? link : Optional.empty();
  }

  Phase phase() {
    return phase;
  }

  ServerAddress server() {
    return servers.get(server);
  }

  /** Why there is no session; empty if there is one. */
  String trouble() {
    return phase == Phase.SHIPPING ? "" : trouble;
  }

  /** Keeps the link; the next message from it. A session that ended shows in {@link #phase}. */
  Optional<Message> step() {
    follow(assigned.get());
    long now = nanos.getAsLong();
    if (link.isEmpty()) {
      connect(now);
      return Optional.empty();
    }
    Optional<Message> message = link.get().receive();
    if (message.isPresent()) {
      heardAt = now;
      return handle(message.get());
    }
    if (link.get().isClosed()) {
      down(link.get().failure());
    } else if (phase == Phase.CONNECTING && link.get().isOpen()) {
      link.get().send(hello.get());
      phase = Phase.GREETING;
    } else if (now - heardAt > silence) {
      down("no answer for " + silence / (1000 * MILLISECOND) + " s");
    } else if (phase == Phase.SHIPPING
        && now - heardAt > silence / 3
        && now - pingedAt > silence / 3) {
      pingedAt = now;
      link.get().send(new Message.Ping(++pings, 0));
    }
    return Optional.empty();
  }

  /**
   * Another list was assigned. A session goes on if its server is still in it, unless the machine
   * was moved: then another one stands at the head of the list.
   */
  private void follow(List<ServerAddress> wanted) {
    if (wanted.equals(servers)) {
      return;
    }
    ServerAddress current = server();
    ServerAddress first = wanted.getFirst();
    boolean moved = !first.equals(servers.getFirst()) && !first.equals(current);
    servers = wanted;
    server = moved ? 0 : Math.max(0, wanted.indexOf(current));
    if (server().equals(current)) {
      return;
    }
    LOG.info("assigned to {} in place of {}", server(), current);
    link.ifPresent(Link::close);
    link = Optional.empty();
    phase = Phase.DOWN;
    trouble = server() + ": assigned, not connected yet";
    pause = FIRST_PAUSE;
    heardAt = nanos.getAsLong();
    pauseUntil = heardAt;
  }

  private void connect(long now) {
    if (now - pauseUntil < 0) {
      return;
    }
    phase = Phase.CONNECTING;
    link = Optional.of(dialer.dial(server()));
  }

  private Optional<Message> handle(Message message) {
    switch (message) {
      case Message.Welcome _ -> {
        if (phase == Phase.GREETING) {
          LOG.info("{} welcomes", server());
          phase = Phase.SHIPPING;
          pause = FIRST_PAUSE;
        }
        return Optional.of(message);
      }
      case Message.Refuse refuse -> refused(refuse);
      case Message.Ack _, Message.Credit _ -> {
        return whileShipping(message);
      }
      default -> {
        // A PONG has done its work by being heard.
      }
    }
    return Optional.empty();
  }

  private Optional<Message> whileShipping(Message message) {
    if (phase != Phase.SHIPPING) {
      return Optional.empty();
    }
    if (message instanceof Message.Ack) {
      pauseAnew = 0;
    }
    return Optional.of(message);
  }

  private void refused(Message.Refuse refuse) {
    down("refused (" + refuse.reason() + "): " + refuse.text());
    if (refuse.reason() == Refusal.TAKEN_OVER || refuse.reason().isPassing()) {
      next();
    } else {
      pauseUntil = nanos.getAsLong() + silence;
      // It has answered: how long it is silent counts from when it is greeted again.
      heardAt = pauseUntil;
    }
  }

  /**
   * Ends the session and begins another one: at once, but ever later where nothing was acknowledged
   * since the last time. A server that takes nothing is not asked at the speed of the link.
   */
  void reconnect(String why) {
    down(why);
    pauseUntil = nanos.getAsLong() + pauseAnew;
    pauseAnew = Math.clamp(2 * pauseAnew, FIRST_PAUSE, LONGEST_PAUSE);
  }

  private void down(String why) {
    LOG.warn("no session with {}: {}", server(), why);
    trouble = server() + ": " + why;
    link.ifPresent(Link::close);
    link = Optional.empty();
    phase = Phase.DOWN;
    long now = nanos.getAsLong();
    pauseUntil = now + pause;
    pause = Math.min(LONGEST_PAUSE, 2 * pause);
    if (now - heardAt > silence) {
      next();
    }
  }

  private void next() {
    server = (server + 1) % servers.size();
    heardAt = nanos.getAsLong();
  }

  void close() {
    link.ifPresent(Link::close);
    link = Optional.empty();
    phase = Phase.DOWN;
  }
}
