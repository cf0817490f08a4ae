package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.RecordCursor;
import dev.lifeboat.wire.frame.RecordKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What hydration does, plainly: replays frames by (position, log before base). */
@SuppressWarnings("ArrayRecordComponent")
final class Replay {
  private record Step(
      long position, boolean log, int disk, int offset, int length, byte[] raw, int payload) {}

  private Replay() {}

  /** The disks at a mark: of the frames up to it, everything not behind its position. */
  static Map<Integer, byte[]> at(List<Frame> upToMark, Map<Integer, Integer> sizes) {
    Frame mark = upToMark.getLast();
    List<Step> steps = new ArrayList<>();
    for (Frame frame : upToMark) {
      if (frame.header().kind().hasRecords()) {
        read(frame, steps);
      }
    }
    steps.removeIf(step -> step.position() > mark.header().span().to());
    steps.sort(Comparator.comparingLong(Step::position).thenComparing(step -> !step.log()));
    Map<Integer, byte[]> disks = new HashMap<>();
    sizes.forEach((disk, size) -> disks.put(disk, new byte[size]));
    for (Step step : steps) {
      byte[] disk = disks.get(step.disk());
      if (disk == null) {
        continue;
      }
      if (step.payload() >= 0) {
        System.arraycopy(step.raw(), step.payload(), disk, step.offset(), step.length());
      } else {
        Arrays.fill(disk, step.offset(), step.offset() + step.length(), (byte) 0);
      }
    }
    return disks;
  }

  private static void read(Frame frame, List<Step> steps) {
    boolean log = frame.header().kind() == FrameKind.DATA;
    try {
      byte[] raw = frame.raw();
      RecordCursor cursor = new RecordCursor(raw);
      while (cursor.next()) {
        if (cursor.kind() == RecordKind.DEFERRED || cursor.kind() == RecordKind.SELF) {
          continue;
        }
        steps.add(
            new Step(
                cursor.position(),
                log,
                cursor.disk(),
                (int) cursor.offset(),
                (int) cursor.length(),
                raw,
                cursor.kind() == RecordKind.WRITE ? cursor.payloadOffset() : -1));
      }
    } catch (CorruptFrameException e) {
      throw new AssertionError(e);
    }
  }
}
