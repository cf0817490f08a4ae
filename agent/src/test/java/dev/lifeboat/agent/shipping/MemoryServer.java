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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
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

  private final SequencedMap<UUID, Held> lineages = new LinkedHashMap<>();
  private final Consumer<Frame> appended;
  private Optional<Wire> wire = Optional.empty();
  private UUID greeted = Message.Welcome.NOTHING;
  private int credit = 1 << 20;
  private long epoch = 1;
  private int refused;
  private long resumedAt = Long.MAX_VALUE;
  private boolean taking = true;
  private Message.Ack lastAck = new Message.Ack(0, 0);
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
    resumedAt = Long.MAX_VALUE;
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

  /** From now on no frame fits. */
  void taking(boolean on) {
    taking = on;
  }

  /** Frames that did not fit. */
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
    boolean found = false;
    while (!found && !lineages.isEmpty()) {
      Held last = lineages.lastEntry().getValue();
      last.frames.subList(last.uploaded, last.frames.size()).clear();
      tip(last);
      found = last.uploaded > 0;
      if (!found) {
        lineages.pollLastEntry();
      }
    }
  }

  /** Nothing is left, neither here nor in the vault. */
  void wipe() {
    cut();
    lineages.clear();
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

  /** Puts durable frames into the vault, in the order of the log. */
  void upload(int most) {
    int left = most;
    for (Held held : lineages.values()) {
      int some = Math.min(left, held.frames.size() - held.uploaded);
      held.uploaded += some;
      left -= some;
    }
  }

  /** Sends an acknowledgement; of another lineage than was greeted with it would mislead. */
  void acknowledge() {
    if (connected() && current().equals(Optional.of(greeted))) {
      Held held = lineages.get(greeted);
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
      case Message.Hello hello -> greet(hello);
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

  private void greet(Message.Hello hello) {
    greeted = hello.lineage();
    welcome();
  }

  /** Tells where the log ends, whoever asks. */
  private void welcome() {
    UUID lineage = current().orElse(Message.Welcome.NOTHING);
    Held held = lineages.getOrDefault(lineage, new Held());
    lastAck = new Message.Ack(held.frames.size(), held.uploaded);
    wire.get()
        .down
        .add(
            new Message.Welcome(
                epoch,
                lineage,
                held.frames.size(),
                held.position,
                held.chain,
                held.uploaded,
                credit));
  }

  private void frame(Frame frame) {
    UUID lineage = frame.header().origin().lineage();
    if (!taking) {
      refuse(frame);
    } else if (!lineages.containsKey(lineage)) {
      begin(frame);
    } else if (current().equals(Optional.of(lineage)) && fits(frame, lineages.get(lineage))) {
      append(frame, lineages.get(lineage));
    } else {
      refuse(frame);
    }
  }

  private void begin(Frame frame) {
    FrameHeader header = frame.header();
    if (header.sequence() != 1 || header.kind() != FrameKind.STATE) {
      throw new AssertionError("a lineage begins with " + frame);
    }
    Held held = new Held();
    held.position = header.span().to();
    held.chain = header.span().chain();
    lineages.putLast(header.origin().lineage(), held);
    append(frame, held);
  }

  private void append(Frame frame, Held held) {
    resumedAt = Long.MAX_VALUE;
    held.frames.add(frame);
    if (moves(frame)) {
      held.position = frame.header().span().to();
      held.chain = frame.header().span().chain();
    }
    appended.accept(frame);
  }

  /** Answers a frame that does not fit, but not each one of those that were under way behind it. */
  private void refuse(Frame frame) {
    refused++;
    if (frame.header().sequence() <= resumedAt) {
      resumedAt = frame.header().sequence();
      welcome();
    }
  }

  private static boolean fits(Frame frame, Held held) {
    FrameHeader header = frame.header();
    if (header.sequence() != held.frames.size() + 1L) {
      return false;
    }
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

  /** The lineage that the log ends with: every other one has ended. */
  Optional<UUID> current() {
    return lineages.isEmpty() ? Optional.empty() : Optional.of(lineages.lastEntry().getKey());
  }

  Held held(UUID lineage) {
    return lineages.get(lineage);
  }
}
