package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.replicator.processserver.log.Attachment;
import dev.lifeboat.replicator.processserver.log.Tip;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.MessageDecoder;
import dev.lifeboat.wire.protocol.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from the handshake to its end. All state belongs to the channel's event loop; what
 * other threads call only schedules there.
 */
final class Session implements LiveSessions.Contender {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** How long a peer that was sent away may take to read why. */
  private static final long FAREWELL_SECONDS = 5;

  private final Channel channel;
  private final MessageDecoder decoder;
  private final SessionContext context;
  private final Pings pings = new Pings();
  private SessionState state = SessionState.HANDSHAKING;
  private UUID machine = Tip.NONE.lineage();
  private String serial = "";
  private UUID bootId = Tip.NONE.lineage();
  private UUID lineage = Tip.NONE.lineage();
  private Optional<FrameStream> stream = Optional.empty();
  private long heardNanos = System.nanoTime();

  Session(Channel channel, MessageDecoder decoder, SessionContext context) {
    this.channel = channel;
    this.decoder = decoder;
    this.context = context;
  }

  private void become(SessionState next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException("a session does not go from " + state + " to " + next);
    }
    if (next == SessionState.STREAMING) {
      context.metrics().sessionBegan();
    } else if (next == SessionState.CLOSED && state == SessionState.STREAMING) {
      context.metrics().sessionEnded();
    }
    state = next;
  }

  /** TLS stands, with this machine's certificate. */
  void authenticated(UUID peer, String certificate) {
    machine = peer;
    serial = certificate;
    become(SessionState.GREETING);
  }

  void received(Message message) throws CorruptFrameException {
    heardNanos = System.nanoTime();
    switch (message) {
      case Message.Hello hello when state == SessionState.GREETING -> greeted(hello);
      case Message.FrameMessage frame when stream.isPresent() ->
          stream.get().received(frame.frame());
      case Message.Ping ping when state != SessionState.CLOSED ->
          send(new Message.Pong(ping.id(), System.nanoTime()));
      case Message.Pong pong -> answered(pong);
      default -> {
        if (state != SessionState.CLOSED) {
          refuse(Refusal.MALFORMED, "a message that was not expected");
        }
      }
    }
  }

  private void greeted(Message.Hello hello) {
    if (!hello.machine().equals(machine)) {
      refuse(Refusal.WRONG_MACHINE, "the certificate is of machine " + machine);
      return;
    }
    if (isDenied()) {
      return;
    }
    become(SessionState.OPENING);
    bootId = hello.bootId();
    lineage = hello.lineage();
    LOG.info(
        "machine {}: HELLO from {}, boot {}, lineage {} at {}, agent {}",
        machine,
        channel.remoteAddress(),
        hello.bootId(),
        hello.lineage(),
        hello.position(),
        printable(hello.agentVersion()));
    Executor loop = channel.eventLoop();
    CompletionStage<Void> opened =
        context
            .live()
            .enter(machine, this)
            .thenCompose(entered -> context.host().open(machine))
            .thenComposeAsync(this::attach, loop);
    opened.whenCompleteAsync((done, failure) -> failedToOpen(failure), loop);
  }

  /** Sends a peer away whose certificate was revoked. */
  private boolean isDenied() {
    boolean denied = context.denied().test(serial);
    if (denied) {
      refuse(Refusal.REVOKED, "the machine is not protected any more: enrol it again");
    }
    return denied;
  }

  private CompletionStage<Void> attach(ServedMachine served) {
    if (state != SessionState.OPENING) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Tip> tip = new CompletableFuture<>();
    Attachment attachment = served.log().attach(served.clock(), tip);
    FrameStream made = new FrameStream(this, served, attachment, context);
    stream = Optional.of(made);
    return tip.thenAcceptAsync(durable -> begin(made, durable), channel.eventLoop());
  }

  private void begin(FrameStream made, Tip durable) {
    if (state != SessionState.OPENING) {
      return;
    }
    become(SessionState.STREAMING);
    decoder.acceptFrames();
    made.begin(durable);
    ping();
  }

  private void failedToOpen(Throwable failure) {
    if (failure == null || state == SessionState.CLOSED) {
      return;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof RefusedException refused) {
      refuse(refused.refusal(), refused.getMessage());
    } else {
      LOG.error("machine {}: cannot be served", machine, cause);
      refuse(Refusal.FAULT, "the server has failed: " + cause.getClass().getSimpleName());
    }
  }

  private void answered(Message.Pong pong) {
    long now = System.nanoTime();
    pings
        .answered(pong, now)
        .ifPresent(
            roundTrip -> stream.ifPresent(s -> s.clockRead(bootId, pong.bootNanos(), roundTrip)));
  }

  /** Sends a PING, and the next one later; gives up a peer that has been silent for too long. */
  private void ping() {
    if (state == SessionState.CLOSED) {
      return;
    }
    if (isDenied()) {
      return;
    }
    boolean paused = !channel.config().isAutoRead() && channel.isWritable();
    if (!paused && System.nanoTime() - heardNanos > context.limits().silence().toNanos()) {
      LOG.info("machine {}: silent for too long, connection closed", machine);
      close();
      return;
    }
    send(pings.next(System.nanoTime(), new CompletableFuture<>()));
    var _ =
        channel
            .eventLoop()
            .schedule(this::ping, context.limits().pingEvery().toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletionStage<Boolean> prove() {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    channel
        .eventLoop()
        .execute(() -> {
          if (state == SessionState.CLOSED) {
            answer.complete(false);
          } else {
            send(pings.next(System.nanoTime(), answer));
          }
        });
    return answer.completeOnTimeout(
        false, context.limits().answerWithin().toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reads on only while the peer takes what it is sent, for much of what it sends is answered; and
   * while the log takes what the peer sends. A pause of ours is no silence of the peer's.
   */
  void restrain() {
    boolean read = channel.isWritable() && !stream.map(FrameStream::isCrowded).orElse(false);
    if (read && !channel.config().isAutoRead()) {
      heardNanos = System.nanoTime();
    }
    channel.config().setAutoRead(read);
  }

  /** Sends a message now. */
  void send(Message message) {
    ChannelFuture _ = channel.writeAndFlush(message);
  }

  @Override
  public void refuse(Refusal refusal, String text) {
    if (!channel.eventLoop().inEventLoop()) {
      channel.eventLoop().execute(() -> refuse(refusal, text));
      return;
    }
    if (state == SessionState.CLOSED) {
      return;
    }
    LOG.warn("machine {}: refused, {}: {}", machine, refusal, text);
    context.metrics().refused(refusal.name());
    ChannelFuture sent = channel.writeAndFlush(new Message.Refuse(refusal, text));
    end();
    ChannelFuture _ = sent.addListener(ChannelFutureListener.CLOSE);
    var _ = channel.eventLoop().schedule(this::close, FAREWELL_SECONDS, TimeUnit.SECONDS);
  }

  /** The channel is gone, or is to go. */
  void close() {
    if (state != SessionState.CLOSED) {
      end();
    }
    var _ = channel.close();
  }

  private void end() {
    become(SessionState.CLOSED);
    pings.close();
    stream.ifPresent(FrameStream::close);
    context.live().leave(machine, this);
  }

  Channel channel() {
    return channel;
  }

  UUID machine() {
    return machine;
  }

  /** The lineage that the agent greeted with: this session ships no other. */
  UUID lineage() {
    return lineage;
  }

  /** What a peer wrote, safe for a log line. */
  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?").substring(0, Math.min(64, text.length()));
  }
}
