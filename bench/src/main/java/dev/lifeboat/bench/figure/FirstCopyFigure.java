package dev.lifeboat.bench.figure;

import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A first copy of a sparse image, beside borg and restic. */
public final class FirstCopyFigure implements Figure {

  @Override
  public String name() {
    return "first-copy";
  }

  @Override
  public String title() {
    return "first copy of a sparse image, compressed and encrypted, MB per CPU second";
  }

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    Path image = work.resolve("disk.img");
    SparseImage.write(image);
    List<Double> whole = new ArrayList<>();
    List<Double> agent = new ArrayList<>();
    List<Double> borg = new ArrayList<>();
    List<Double> restic = new ArrayList<>();
    try (Site site = new Site(work.resolve("site"));
        BlobService blobs = BlobService.start(site.tls(), true);
        LoopDisk disk = LoopDisk.of(work, image)) {
      site.initVault(blobs.endpoint());
      site.startServer();
      // A server has been running for long; an agent has not.
      site.copy(work.resolve("warm"), disk, "zstd");
      for (int i = 0; i < runs; i++) {
        double server = site.serverCpu();
        double copy = site.copy(work.resolve("agent" + i), disk, "zstd");
        agent.add(rate(copy));
        whole.add(rate(copy + site.serverCpu() - server));
        borg.add(rate(borg(work, image)));
        restic.add(rate(restic(work, image)));
      }
    }
    return List.of(
        row("first copy, agent and process server, against borg", whole, borg, 1.5, "borg"),
        row("first copy, agent and process server, against restic", whole, restic, 3, "restic"),
        new Row(
            "first copy, the machine's half alone",
            "MB/CPU-s",
            Optional.empty(),
            new Samples(agent),
            List.of(
                new Row.Peer("borg", new Samples(borg)),
                new Row.Peer("restic", new Samples(restic))),
            "what a protected machine pays; borg and restic run there whole"));
  }

  private static Row row(
      String name, List<Double> ours, List<Double> theirs, double goal, String peer) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    return new Row(
        name,
        "×",
        Optional.of(Row.Goal.atLeast(goal)),
        new Samples(ratios),
        List.of(
            new Row.Peer("ours, MB/CPU-s", new Samples(ours)),
            new Row.Peer(peer + ", MB/CPU-s", new Samples(theirs))),
        SparseImage.WORDS
            + ", zstd level 1; a new agent and a new repository each time; ours from the agent's"
            + " start to the first recovery point, in a vault that discards");
  }

  private static double rate(double cpu) {
    return SparseImage.DATA / 1e6 / cpu;
  }

  private static double borg(Path work, Path image) throws IOException, InterruptedException {
    Path repository = work.resolve("borg");
    Map<String, String> environment =
        Map.of(
            "BORG_PASSPHRASE", "bench",
            "BORG_BASE_DIR", work.resolve("borg-home").toString(),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes");
    Programs.run(
        work,
        environment,
        List.of("borg", "init", "--encryption", "repokey-blake2", repository.toString()));
    double cpu =
        Programs.run(
                work,
                environment,
                List.of(
                    "borg",
                    "create",
                    "--compression",
                    "zstd,1",
                    "--sparse",
                    repository + "::first",
                    image.toString()))
            .cpuSeconds();
    Programs.run(work, "rm", "-rf", repository.toString(), work.resolve("borg-home").toString());
    return cpu;
  }

  private static double restic(Path work, Path image) throws IOException, InterruptedException {
    Path repository = work.resolve("restic");
    Path password = work.resolve("restic-password");
    Files.writeString(password, "bench");
    Map<String, String> environment = Map.of("RESTIC_PASSWORD_FILE", password.toString());
    List<String> restic = List.of("restic", "--repo", repository.toString(), "--no-cache");
    List<String> init = new ArrayList<>(restic);
    init.addAll(List.of("init", "--repository-version", "2"));
    Programs.run(work, environment, init);
    List<String> backup = new ArrayList<>(restic);
    // Its default, "auto", is its fastest level.
    backup.addAll(List.of("backup", "--compression", "auto", image.toString()));
    double cpu = Programs.run(work, environment, backup).cpuSeconds();
    Programs.run(work, "rm", "-rf", repository.toString());
    return cpu;
  }
}
