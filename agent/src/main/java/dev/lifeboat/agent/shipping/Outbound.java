package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.Checkpoint;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.protocol.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The stream as the server gets it: where it stands, what waits for credit, and what is under way.
 * Of frames that were sent only their meaning is kept, never their bytes. Belongs to the shipping
 * thread.
 */
final class Outbound {
  /** A frame under way. */
  record Sent(long sequence, int bytes, long position, Cargo cargo) {}

  private record Due(long sequence, Checkpoint checkpoint) {}

  private final Deque<Parcel> waiting = new ArrayDeque<>();
  private final Deque<Sent> window = new ArrayDeque<>();
  private final Deque<Due> releases = new ArrayDeque<>();
  private Optional<Checkpoint> releaseWithLast = Optional.empty();
  private long epoch;
  private long sequence;
  private long position;
  private Chain chain = Chain.START;
  private long durable;
  private long durablePosition;
  private long uploaded;
  private long underWay;
  private long credit;

  /** The stream goes on from here; nothing is under way any more. */
  void resume(Message.Welcome welcome) {
    abandon();
    epoch = welcome.epoch();
    sequence = welcome.sequence();
    position = welcome.position();
    chain = welcome.chain();
    durable = sequence;
    durablePosition = position;
    uploaded = welcome.uploaded();
    credit = welcome.credit();
  }

  /** Forgets what waits and what is under way, and hands over what that meant. */
  List<Cargo> abandon() {
    List<Cargo> lost = new ArrayList<>();
    window.forEach(sent -> lost.add(sent.cargo()));
    waiting.forEach(parcel -> lost.add(parcel.cargo()));
    window.clear();
    waiting.clear();
    releases.clear();
    releaseWithLast = Optional.empty();
    underWay = 0;
    return lost;
  }

  void add(Frame frame, Cargo cargo) {
    waiting.add(new Parcel(frame, cargo));
  }

  /** Releases a checkpoint when everything added so far is durable; at once if it is. */
  Optional<Checkpoint> releaseBehind(Checkpoint checkpoint) {
    if (!waiting.isEmpty()) {
      releaseWithLast = Optional.of(checkpoint);
      return Optional.empty();
    }
    if (!window.isEmpty()) {
      releases.add(new Due(sequence, checkpoint));
      return Optional.empty();
    }
    return Optional.of(checkpoint);
  }

  /** The ring empties another way from now on: what is under way releases nothing any more. */
  void forgetReleases() {
    releases.clear();
    releaseWithLast = Optional.empty();
  }

  /** Sends what credit and link allow. */
  boolean send(Link link) {
    boolean sent = false;
    while (!waiting.isEmpty() && link.isWritable() && fits(waiting.peek().frame())) {
      send(link, waiting.poll());
      sent = true;
    }
    if (waiting.isEmpty() && releaseWithLast.isPresent()) {
      releases.add(new Due(sequence, releaseWithLast.get()));
      releaseWithLast = Optional.empty();
    }
    return sent;
  }

  private boolean fits(Frame frame) {
    return window.isEmpty() || underWay + frame.length() <= credit;
  }

  private void send(Link link, Parcel parcel) {
    Frame frame = parcel.frame();
    FrameKind kind = frame.header().kind();
    Span span = frame.header().span();
    if (kind == FrameKind.DATA || kind == FrameKind.MARK || kind == FrameKind.GAP) {
      if (span.from() != position) {
        throw new IllegalStateException(frame + " does not go on behind " + position);
      }
      position = span.to();
      chain = span.chain();
    }
    sequence++;
    window.add(new Sent(sequence, frame.length(), position, parcel.cargo()));
    underWay += frame.length();
    link.send(new Message.FrameMessage(frame.withSequence(sequence)));
  }

  /** Takes an acknowledgement and hands over what has arrived by it. */
  List<Sent> acknowledge(long newDurable, long newUploaded) {
    uploaded = Math.max(uploaded, newUploaded);
    List<Sent> arrived = new ArrayList<>();
    while (!window.isEmpty() && window.peek().sequence() <= newDurable) {
      Sent sent = window.poll();
      underWay -= sent.bytes();
      durable = sent.sequence();
      durablePosition = sent.position();
      arrived.add(sent);
    }
    return arrived;
  }

  /** The newest checkpoint that everything before is durable of. */
  Optional<Checkpoint> due() {
    Optional<Checkpoint> due = Optional.empty();
    while (!releases.isEmpty() && releases.peek().sequence() <= durable) {
      due = Optional.of(releases.poll().checkpoint());
    }
    return due;
  }

  void credit(int bytes) {
    credit = bytes;
  }

  /** Bytes that may still be put under way; 0 while something waits. */
  long room() {
    return waiting.isEmpty() ? Math.max(0, window.isEmpty() ? credit : credit - underWay) : 0;
  }

  boolean nothingWaits() {
    return waiting.isEmpty();
  }

  /** Where the stream ends once everything that waits was sent. */
  long position() {
    return tip().map(Span::to).orElse(position);
  }

  /** The chain there. */
  Chain chain() {
    return tip().map(Span::chain).orElse(chain);
  }

  private Optional<Span> tip() {
    Optional<Span> tip = Optional.empty();
    for (Parcel parcel : waiting) {
      FrameKind kind = parcel.frame().header().kind();
      if (kind != FrameKind.BASE && kind != FrameKind.STATE) {
        tip = Optional.of(parcel.frame().header().span());
      }
    }
    return tip;
  }

  /** Whether something of the journal waits or is under way. */
  boolean holdsJournalled() {
    return window.stream().anyMatch(sent -> journalled(sent.cargo()))
        || waiting.stream().anyMatch(parcel -> journalled(parcel.cargo()));
  }

  private static boolean journalled(Cargo cargo) {
    return switch (cargo) {
      case Cargo.Log log -> log.journalled();
      case Cargo.Marked mark -> mark.journalled();
      case Cargo.Base _, Cargo.Word _ -> false;
    };
  }

  long epoch() {
    return epoch;
  }

  long sequence() {
    return sequence;
  }

  long durable() {
    return durable;
  }

  long durablePosition() {
    return durablePosition;
  }

  long uploaded() {
    return uploaded;
  }

  long underWay() {
    return underWay;
  }
}
