package dev.lifeboat.vault.point;

import dev.lifeboat.vault.segment.Footer;
import dev.lifeboat.vault.segment.SegmentHeader;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentIndex;
import dev.lifeboat.vault.segment.SegmentMark;
import dev.lifeboat.vault.segment.SegmentReader;
import dev.lifeboat.vault.segment.SegmentState;
import dev.lifeboat.vault.segment.Tip;
import dev.lifeboat.wire.frame.Chain;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of a footer while a whole log is walked: all but the index, of which it tells the
 * runs that are in position order.
 *
 * @param size of the blob
 * @param before the chain before it
 * @param tip the log behind it
 */
public record SegmentSummary(
    SegmentHeader header,
    long size,
    Chain before,
    Tip tip,
    int chunks,
    List<SegmentMark> marks,
    List<SegmentState> states,
    List<Run> runs) {

  /**
   * Entries {@code start} to before {@code end} of one index, in position order.
   *
   * @param first position of the first one
   */
  public record Run(boolean base, int start, int end, long first) {}

  public SegmentSummary {
    marks = List.copyOf(marks);
    states = List.copyOf(states);
    runs = List.copyOf(runs);
  }

  static SegmentSummary of(SegmentReader reader, long size) {
    Footer footer = reader.footer();
    List<Run> runs = new ArrayList<>();
    runs(runs, false, footer.log());
    runs(runs, true, footer.base());
    return new SegmentSummary(
        reader.header(),
        size,
        footer.before(),
        reader.tip(),
        footer.chunks().size(),
        footer.marks(),
        footer.states(),
        runs);
  }

  public SegmentId id() {
    return header.id();
  }

  private static void runs(List<Run> target, boolean base, SegmentIndex index) {
    int start = 0;
    for (int i = 1; i <= index.size(); i++) {
      if (i == index.size() || index.position(i) < index.position(i - 1)) {
        target.add(new Run(base, start, i, index.position(start)));
        start = i;
      }
    }
  }
}
