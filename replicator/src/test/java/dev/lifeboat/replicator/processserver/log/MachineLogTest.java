package dev.lifeboat.replicator.processserver.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.replicator.processserver.cache.CacheVolume;
import dev.lifeboat.replicator.processserver.cache.MachineCache;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log over a real cache, whose directory is taken away where the disk is to refuse writes. */
final class MachineLogTest {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final UUID LINEAGE = new UUID(2, 2);
  private static final Offer TAKEN = new Offer.Taken(false);

  @TempDir private Path folder;
  private final MarkClock clock = new MarkClock();
  private Path directory;
  private CacheVolume volume;
  private MachineCache cache;
  private MachineLog log;

  @BeforeEach
  void open() throws Exception {
    volume = CacheVolume.open(folder.resolve("cache"), folder.resolve("volume.key"), 0);
    cache = MachineCache.empty(volume, MACHINE, 1);
    directory = folder.resolve("cache").resolve(MACHINE.toString());
    Recovered nothing = new Recovered(Tip.NONE, clock);
    log = new MachineLog(MACHINE, cache, nothing, new ByteBudget(1 << 20), new Unheard());
  }

  @AfterEach
  void close() throws Exception {
    log.close();
    cache.close();
    volume.close();
  }

  private static final class Unheard implements LogEvents {
    @Override
    public void progressed() {}

    @Override
    public void durable(long bytes) {}

    @Override
    public void failed(String reason) {}
  }

  /** The frame that a lineage begins with. */
  private static Frame beginning(UUID lineage) {
    StateBody.Disk disk = new StateBody.Disk(1, false, 1 << 20, 512, "serial", "sda");
    byte[] body = new StateBody(true, "", 0, List.of(disk)).encode();
    Span span = Span.at(10, new Chain(5, 5));
    return Frame.control(FrameKind.STATE, new Origin(MACHINE, lineage), span, 1, body)
        .withSequence(1);
  }

  private Attachment attach() throws Exception {
    CompletableFuture<Tip> tip = new CompletableFuture<>();
    Attachment attachment = log.attach(clock, tip);
    assertThat(tip.get(10, TimeUnit.SECONDS)).isEqualTo(Tip.NONE);
    return attachment;
  }

  @Test
  void letsALineageBeginAgain_whenItsBeginningWasDroppedBeforeItWasDurable() throws Exception {
    Files.delete(directory);
    try (Attachment first = attach()) {
      assertThat(first.offer(beginning(LINEAGE), 1)).isEqualTo(TAKEN);
      await().until(log::isStuck);
    }
    try (Attachment second = attach()) {
      Files.createDirectory(directory);
      assertThat(second.offer(beginning(LINEAGE), 1)).isEqualTo(TAKEN);
      await().until(() -> log.durable().sequence() == 1);
      assertThat(log.durable().lineage()).isEqualTo(LINEAGE);
    }
  }

  @Test
  void isStuckNoLonger_whenNothingWaitsThatTheDiskRefuses() throws Exception {
    Files.delete(directory);
    try (Attachment first = attach()) {
      assertThat(first.offer(beginning(LINEAGE), 1)).isEqualTo(TAKEN);
      await().until(log::isStuck);
    }
    try (Attachment _ = attach()) {
      assertThat(log.isStuck()).isFalse();
    }
  }

  @Test
  void letsNoLineageComeBack_beforeItIsDurableEither() throws Exception {
    Files.delete(directory);
    try (Attachment session = attach()) {
      assertThat(session.offer(beginning(LINEAGE), 1)).isEqualTo(TAKEN);
      assertThat(session.offer(beginning(new UUID(3, 3)), 1)).isEqualTo(TAKEN);
      assertThat(session.offer(beginning(LINEAGE), 1)).isInstanceOf(Offer.Resume.class);
    }
  }
}
