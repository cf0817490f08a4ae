package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.RecordVerifier;
import dev.lifeboat.wire.protocol.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A process server and its vault in memory, as strict as docs/formats.md. Nothing moves by itself:
 * the test delivers messages one by one, and cuts, forgets and wipes as it likes.
 */
final class MemoryServer implements Dialer {
  /** What is held of a lineage: frames by sequence, from 1. */
  static final class Held {
    final List<Frame> frames = new ArrayList<>();
    long position;
    Chain chain = Chain.START;
    int uploaded;
  }

  /** One connection. */
  static final class Wire implements Link {
    private final Deque<Message> up = new ArrayDeque<>();
    private final Deque<Message> down = new ArrayDeque<>();
    private boolean closed;

    @Override
    public boolean isOpen() {
      return !closed;
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public boolean isWritable() {
      return !closed && up.size() < 64;
    }

    @Override
    public void send(Message message) {
      if (!closed) {
        up.add(message);
      }
    }

    @Override
    public Optional<Message> receive() {
      return Optional.ofNullable(down.poll());
    }

    @Override
    public String failure() {
      return closed ? "cut" : "";
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final Map<UUID, Held> lineages = new HashMap<>();
  private final Consumer<Frame> appended;
  private Optional<UUID> current = Optional.empty();
  private Optional<Wire> wire = Optional.empty();
  private UUID greeted = Message.Welcome.NOTHING;
  private int credit = 1 << 20;
  private long epoch = 1;
  private int refused;
  private Message.Ack lastAck = new Message.Ack(-1, -1);
  private boolean reachable = true;

  /**
   * @param appended sees each frame when it becomes durable
   */
  MemoryServer(Consumer<Frame> appended) {
    this.appended = appended;
  }

  @Override
  public Link dial(ServerAddress server) {
    Wire fresh = new Wire();
    fresh.closed = !reachable;
    wire = Optional.of(fresh);
    greeted = Message.Welcome.NOTHING;
    lastAck = new Message.Ack(-1, -1);
    return fresh;
  }

  void credit(int bytes) {
    credit = bytes;
  }

  void reachable(boolean on) {
    reachable = on;
    if (!on) {
      cut();
    }
  }

  /** Frames that did not fit and were answered by the resume point. */
  int refused() {
    return refused;
  }

  boolean connected() {
    return wire.isPresent() && !wire.get().closed;
  }

  /** Cuts the link; what is under way on it is lost, but for what the agent has received. */
  void cut() {
    wire.ifPresent(one -> {
      one.closed = true;
      one.up.clear();
      one.down.clear();
    });
  }

  /** The server is lost with its cache; another one takes over with what is in the vault. */
  void loseCache() {
    cut();
    epoch++;
    current.ifPresent(lineage -> {
      Held held = lineages.get(lineage);
      held.frames.subList(held.uploaded, held.frames.size()).clear();
      tip(held);
    });
  }

  /** Nothing is left of the current lineage. */
  void wipe() {
    cut();
    current.ifPresent(lineages::remove);
    current = Optional.empty();
  }

  private static void tip(Held held) {
    held.position = 0;
    held.chain = Chain.START;
    for (Frame frame : held.frames) {
      if (moves(frame) || held.position == 0) {
        held.position = frame.header().span().to();
        held.chain = frame.header().span().chain();
      }
    }
  }

  private static boolean moves(Frame frame) {
    FrameKind kind = frame.header().kind();
    return kind == FrameKind.DATA || kind == FrameKind.MARK || kind == FrameKind.GAP;
  }

  /** Puts durable frames into the vault. */
  void upload(int most) {
    current.ifPresent(lineage -> {
      Held held = lineages.get(lineage);
      held.uploaded += Math.min(most, held.frames.size() - held.uploaded);
    });
  }

  /** Sends an acknowledgement. */
  void acknowledge() {
    if (current.isPresent() && connected() && greeted.equals(current.get())) {
      Held held = lineages.get(current.get());
      Message.Ack ack = new Message.Ack(held.frames.size(), held.uploaded);
      if (!ack.equals(lastAck)) {
        wire.get().down.add(ack);
        lastAck = ack;
      }
    }
  }

  /** Takes the next message from the agent; false if there is none. */
  boolean deliver() {
    if (!connected() || wire.get().up.isEmpty()) {
      return false;
    }
    switch (wire.get().up.poll()) {
      case Message.Hello hello -> welcome(hello);
      case Message.FrameMessage(Frame frame) -> frame(frame);
      case Message.Ping ping -> wire.get().down.add(new Message.Pong(ping.id(), 0));
      default -> throw new AssertionError("the agent sends what it must not");
    }
    return true;
  }

  void deliverAll() {
    while (deliver()) {
      // One after the other.
    }
  }

  private void welcome(Message.Hello hello) {
    greeted = hello.lineage();
    answer();
  }

  private void answer() {
    Held held = lineages.get(greeted);
    wire.get()
        .down
        .add(
            held == null
                ? new Message.Welcome(epoch, Message.Welcome.NOTHING, 0, 0, Chain.START, 0, credit)
                : new Message.Welcome(
                    epoch,
                    greeted,
                    held.frames.size(),
                    held.position,
                    held.chain,
                    held.uploaded,
                    credit));
  }

  private void frame(Frame frame) {
    FrameHeader header = frame.header();
    UUID lineage = header.origin().lineage();
    if (!lineages.containsKey(lineage)) {
      if (header.sequence() != 1 || header.kind() != FrameKind.STATE) {
        throw new AssertionError("a lineage begins with " + frame);
      }
      lineages.put(lineage, new Held());
      lineages.get(lineage).position = header.span().to();
      lineages.get(lineage).chain = header.span().chain();
    }
    Held held = lineages.get(lineage);
    current = Optional.of(lineage);
    if (header.sequence() == held.frames.size() + 1L && fits(frame, held)) {
      held.frames.add(frame);
      if (moves(frame)) {
        held.position = header.span().to();
        held.chain = header.span().chain();
      }
      appended.accept(frame);
    } else {
      refused++;
      answer();
    }
  }

  private static boolean fits(Frame frame, Held held) {
    FrameHeader header = frame.header();
    try {
      if (header.kind().hasRecords()) {
        Chain chain = RecordVerifier.verify(header, frame.raw(), held.chain);
        if (header.kind() == FrameKind.BASE) {
          return true;
        }
        return header.span().from() == held.position && chain.equals(header.span().chain());
      }
      boolean sameChain =
          header.kind() == FrameKind.GAP || header.span().chain().equals(held.chain);
      return sameChain && (!moves(frame) || header.span().from() == held.position);
    } catch (CorruptFrameException e) {
      throw new AssertionError("the agent sent a broken frame", e);
    }
  }

  Optional<UUID> current() {
    return current;
  }

  Held held(UUID lineage) {
    return lineages.get(lineage);
  }

  Map<UUID, Held> lineages() {
    return Map.copyOf(lineages);
  }
}
