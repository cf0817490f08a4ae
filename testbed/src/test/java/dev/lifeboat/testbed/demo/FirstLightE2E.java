package dev.lifeboat.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.testbed.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo's path: what comes up in Azure is sound, and lost little. */
@Tag("alone")
class FirstLightE2E {
  /** On top of the interval of recovery points. */
  private static final int GRACE_SECONDS = 5;

  @Test
  void machineIsProtectedRehearsedLostAndBroughtUp() throws Exception {
    Path folder =
        Files.createTempDirectory(Files.createDirectories(Path.of("target")), "first-light")
            .toAbsolutePath();
    Timeline timeline = new Timeline(System.out);
    try (DemoSite site = new DemoSite(folder, timeline)) {
      site.start();
      try (FirstLight story = new FirstLight(site, timeline)) {
        story.protect();
        judge(story.rehearse());
        story.awaitDormantReplica();
        story.cleanUp();
        Evidence.Recovered recovered = story.recover(story.disaster());
        judge(recovered);
        assertThat(story.compareByHand(recovered)).hasSize(2).allMatch(Evidence.DiskHash::same);
      }
    }
    Command.run("rm", "-rf", folder.toString());
  }

  private static void judge(Evidence.Recovered machine) {
    System.out.println(machine);
    assertThat(machine.fsck()).isTrue();
    assertThat(machine.recordsRecovered()).isPositive();
    assertThat(machine.lossSeconds())
        .isLessThanOrEqualTo(FirstLight.INTERVAL_SECONDS + GRACE_SECONDS);
  }
}
