package dev.lifeboat.vault.point;

import dev.lifeboat.vault.segment.DamagedBlobException;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentMark;
import dev.lifeboat.vault.segment.SegmentState;
import dev.lifeboat.vault.segment.Tip;
import dev.lifeboat.wire.frame.StateBody;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Puts a log together from its blobs, told in order; knows what is broken, and since which blob.
 */
final class LogHistory {

  private final Map<PointId, RecoveryPoint> points = new LinkedHashMap<>();
  private final List<LostPoint> lost = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<SegmentSummary> segments = new ArrayList<>();
  private final Map<Integer, StateBody.Disk> disks = new TreeMap<>();
  private final Set<UUID> lineages = new HashSet<>();
  private Tip tip = Tip.NOTHING;
  private String broken = "";
  private long logBytes;
  private long epoch;
  private long expected = 1;
  private boolean ended = true;

  void segment(SegmentSummary summary) {
    if (!arrives(summary.id())) {
      return;
    }
    if (summary.header().firstSequence() == 1) {
      begin(summary);
    } else if (broken.isEmpty() && !LogWalk.follows(tip, summary)) {
      breakAt(
          summary.id(),
          "it does not go on from the segment before: one between them is missing, or the chains"
              + " differ");
    }
    tip = summary.tip();
    logBytes += summary.size();
    if (broken.isEmpty()) {
      segments.add(summary);
    }
    marks(summary);
  }

  void tombstone(SegmentId id) {
    if (arrives(id)) {
      ended = true;
    }
  }

  void damaged(SegmentId id, DamagedBlobException why, List<SegmentSummary> known) {
    if (!arrives(id)) {
      return;
    }
    String blob = id.blobName();
    breakAt(
        id,
        why.getMessage().startsWith(blob)
            ? why.getMessage().substring(blob.length() + 2)
            : why.getMessage());
    known.forEach(summary -> {
      tip = summary.tip();
      marks(summary);
    });
  }

  /** False for what stands behind a tombstone: it never counts. */
  private boolean arrives(SegmentId id) {
    if (id.epoch() != epoch) {
      if (!ended) {
        findings.add(
            new Finding(
                new SegmentId(id.machine(), epoch, expected).blobName(),
                "the tombstone that ends epoch " + epoch + " is missing"));
      }
      epoch = id.epoch();
      expected = 1;
      ended = false;
    }
    if (ended) {
      return false;
    }
    if (id.number() != expected) {
      String last =
          id.number() - 1 == expected
              ? ""
              : ", and the numbers behind it up to " + (id.number() - 1);
      breakAt(new SegmentId(id.machine(), epoch, expected), "missing" + last);
    }
    expected = id.number() + 1;
    return true;
  }

  private void begin(SegmentSummary summary) {
    if (!lineages.add(summary.header().lineage())) {
      findings.add(
          new Finding(
              summary.id().blobName(),
              "its lineage is begun again: where ids of points from before come again, the older"
                  + " points are lost, and the newer ones are found by time only"));
    }
    broken = "";
    logBytes = 0;
    disks.clear();
  }

  private void breakAt(SegmentId id, String what) {
    findings.add(new Finding(id.blobName(), what));
    if (broken.isEmpty()) {
      broken = id.blobName();
    }
  }

  private void marks(SegmentSummary summary) {
    int state = 0;
    List<SegmentState> states = summary.states();
    for (SegmentMark mark : summary.marks()) {
      while (state < states.size() && states.get(state).sequence() < mark.sequence()) {
        learn(states.get(state++));
      }
      if (mark.body().consistent()) {
        point(summary, mark);
      }
    }
    states.subList(state, states.size()).forEach(this::learn);
  }

  private void learn(SegmentState state) {
    disks.clear();
    state.body().disks().forEach(d -> disks.put(d.id(), d));
  }

  private void point(SegmentSummary summary, SegmentMark mark) {
    PointId id = new PointId(summary.header().lineage(), summary.id().epoch(), mark.sequence());
    if (!broken.isEmpty()) {
      lost.add(new LostPoint(id, mark.time(), broken));
      return;
    }
    RecoveryPoint older = points.remove(id);
    if (older != null) {
      lost.add(new LostPoint(id, older.time(), summary.id().blobName()));
    }
    List<StateBody.Disk> held =
        disks.values().stream().filter(d -> mark.body().disks().contains(d.id())).toList();
    points.put(id, new RecoveryPoint(id, summary.id(), mark, held, logBytes));
  }

  LogView view(long blobs, long bytes) {
    return new LogView(List.copyOf(points.values()), lost, findings, segments, blobs, bytes);
  }
}
