package dev.lifeboat.testbed.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Behind {@code ./demo}: tells the story, keeps the evidence, and ends everything (or, told to keep
 * it, waits for its end first). Exit code 1 with what went wrong.
 */
public final class DemoProgram {

  private DemoProgram() {}

  /** Arguments: a folder for all that is written, a file for the evidence, {@code --keep}. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    Path evidence = Path.of(arguments[1]);
    boolean keep = List.of(arguments).contains("--keep");
    CountDownLatch ended = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  main.interrupt();
                  await(ended);
                },
                "end"));
    int status = 0;
    Timeline timeline = new Timeline(System.out);
    try (DemoSite site = new DemoSite(folder, timeline)) {
      try {
        site.start();
        tell(site, timeline, evidence);
        if (keep) {
          Files.writeString(folder.resolve("next"), String.join("\n", next(site)) + "\n");
          new CountDownLatch(1).await();
        }
      } finally {
        // Told to end: what runs is ended all the same.
        var _ = Thread.interrupted();
      }
    } catch (Exception e) { // whatever it is, it is told
      System.err.println("demo: " + e.getMessage());
      e.printStackTrace(System.err);
      status = 1;
    }
    ended.countDown();
    Runtime.getRuntime().halt(status);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(DemoSite site, Timeline timeline, Path file) throws Exception {
    try (FirstLight story = new FirstLight(site, timeline)) {
      story.protect();
      Evidence.Recovered rehearsal = story.rehearse();
      story.cleanUp();
      long died = story.disaster();
      Evidence.Recovered disaster = story.recover(died);
      List<Evidence.DiskHash> disks = story.compareByHand(disaster);
      Evidence evidence =
          new Evidence(FirstLight.INTERVAL_SECONDS, rehearsal, disaster, disks, timeline.steps());
      evidence.write(file);
      System.out.printf("%n%s%nevidence: %s%n", evidence.summary(), file);
      boolean same = disks.stream().allMatch(Evidence.DiskHash::same);
      if (!rehearsal.fsck() || !disaster.fsck() || !same) {
        throw new IOException("what came up is not sound");
      }
    }
  }

  private static List<String> next(DemoSite site) throws IOException {
    return List.of(
        "export KUBECONFIG=" + site.cluster().kubeconfig(),
        "alias kubectl=" + site.kubectl().program(),
        "kubectl get dr                # everything of Lifeboat",
        "kubectl describe pvm shop     # the machine, with its events",
        "kubectl describe rrun flood   # the failover",
        "kubectl get --raw /api/v1/namespaces/default/services/lifeboat-operator:9464/proxy/metrics",
        "./demo --down                 # ends it");
  }
}
