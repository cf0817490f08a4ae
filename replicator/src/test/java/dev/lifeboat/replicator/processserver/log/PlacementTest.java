package dev.lifeboat.replicator.processserver.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.Span;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class PlacementTest {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final UUID HELD = new UUID(2, 2);
  private static final UUID ENDED = new UUID(3, 3);
  private static final UUID NEW = new UUID(4, 4);
  private static final Chain CHAIN = new Chain(5, 5);
  private static final Chain OTHER = new Chain(6, 6);
  private static final Tip TIP = new Tip(HELD, 10, 1000, CHAIN);

  private static final RecentFrames RECENT = new RecentFrames();

  @BeforeAll
  static void remember() {
    RECENT.know(ENDED);
    RECENT.add(frame(HELD, FrameKind.DATA, 9, 800, 900, OTHER));
    RECENT.add(frame(HELD, FrameKind.BASE, 10, 900, 900, CHAIN));
  }

  private static FrameHeader frame(
      UUID lineage, FrameKind kind, long sequence, long from, long to, Chain chain) {
    return new FrameHeader(
        kind,
        Codec.NONE,
        new Origin(MACHINE, lineage),
        sequence,
        new Span(from, to, chain),
        0,
        100,
        100,
        1,
        77);
  }

  private record Row(String name, FrameHeader frame, Class<? extends Placement> expected) {}

  private static Row row(String name, FrameHeader frame, Class<? extends Placement> expected) {
    return new Row(name, frame, expected);
  }

  @TestFactory
  Stream<DynamicTest> judges() {
    return List.of(
            row(
                "next data",
                frame(HELD, FrameKind.DATA, 11, 1000, 1100, OTHER),
                Placement.Next.class),
            row(
                "data behind a hole",
                frame(HELD, FrameKind.DATA, 11, 1001, 1100, OTHER),
                Placement.Elsewhere.class),
            row(
                "data that overlaps",
                frame(HELD, FrameKind.DATA, 11, 999, 1100, OTHER),
                Placement.Elsewhere.class),
            row(
                "a sequence too far",
                frame(HELD, FrameKind.DATA, 12, 1000, 1100, OTHER),
                Placement.Elsewhere.class),
            row(
                "mark in place",
                frame(HELD, FrameKind.MARK, 11, 1000, 1000, CHAIN),
                Placement.Next.class),
            row(
                "mark with another chain",
                frame(HELD, FrameKind.MARK, 11, 1000, 1000, OTHER),
                Placement.Elsewhere.class),
            row(
                "mark elsewhere",
                frame(HELD, FrameKind.MARK, 11, 900, 900, CHAIN),
                Placement.Elsewhere.class),
            row(
                "base from before",
                frame(HELD, FrameKind.BASE, 11, 500, 500, OTHER),
                Placement.Next.class),
            row(
                "base from ahead of the log",
                frame(HELD, FrameKind.BASE, 11, 1001, 1001, OTHER),
                Placement.Next.class),
            row("state", frame(HELD, FrameKind.STATE, 11, 1, 1, OTHER), Placement.Next.class),
            row("gap", frame(HELD, FrameKind.GAP, 11, 1000, 5000, OTHER), Placement.Next.class),
            row(
                "gap elsewhere",
                frame(HELD, FrameKind.GAP, 11, 1200, 5000, OTHER),
                Placement.Elsewhere.class))
        .stream()
        .map(PlacementTest::test);
  }

  @TestFactory
  Stream<DynamicTest> judgesDuplicatesAndLineages() {
    return List.of(
            row(
                "duplicate data",
                frame(HELD, FrameKind.DATA, 9, 800, 900, OTHER),
                Placement.Duplicate.class),
            row(
                "same sequence, other chain",
                frame(HELD, FrameKind.DATA, 9, 800, 900, CHAIN),
                Placement.Elsewhere.class),
            row(
                "same sequence, other kind",
                frame(HELD, FrameKind.STATE, 10, 900, 900, CHAIN),
                Placement.Elsewhere.class),
            row(
                "duplicate base",
                frame(HELD, FrameKind.BASE, 10, 900, 900, CHAIN),
                Placement.Duplicate.class),
            row(
                "too old to tell",
                frame(HELD, FrameKind.DATA, 2, 1, 2, OTHER),
                Placement.Elsewhere.class),
            row("new lineage", frame(NEW, FrameKind.STATE, 1, 5, 5, OTHER), Placement.Next.class),
            row(
                "new lineage without state",
                frame(NEW, FrameKind.DATA, 1, 5, 6, OTHER),
                Placement.Elsewhere.class),
            row(
                "new lineage in the middle",
                frame(NEW, FrameKind.STATE, 2, 5, 5, OTHER),
                Placement.Elsewhere.class),
            row(
                "ended lineage",
                frame(ENDED, FrameKind.STATE, 1, 5, 5, OTHER),
                Placement.Elsewhere.class))
        .stream()
        .map(PlacementTest::test);
  }

  private static DynamicTest test(Row row) {
    return DynamicTest.dynamicTest(
        row.name(),
        () -> assertThat(Placement.of(TIP, RECENT, row.frame())).isInstanceOf(row.expected()));
  }

  @TestFactory
  Stream<DynamicTest> movesTheTip() {
    return Stream.of(
            frame(HELD, FrameKind.DATA, 11, 1000, 1100, OTHER),
            frame(HELD, FrameKind.BASE, 11, 500, 500, OTHER),
            frame(HELD, FrameKind.STATE, 11, 1, 1, OTHER),
            frame(HELD, FrameKind.GAP, 11, 1000, 5000, OTHER),
            frame(NEW, FrameKind.STATE, 1, 5, 5, OTHER))
        .map(header ->
            DynamicTest.dynamicTest(
                header.kind() + " " + header.sequence(),
                () -> {
                  boolean stays =
                      header.kind() == FrameKind.BASE
                          || (header.kind() == FrameKind.STATE && header.sequence() > 1);
                  Tip moved = TIP.behind(header);
                  assertThat(moved.sequence()).isEqualTo(header.sequence());
                  assertThat(moved.position()).isEqualTo(stays ? 1000 : header.span().to());
                  assertThat(moved.chain()).isEqualTo(stays ? CHAIN : OTHER);
                }));
  }
}
