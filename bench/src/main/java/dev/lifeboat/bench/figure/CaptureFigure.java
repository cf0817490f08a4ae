package dev.lifeboat.bench.figure;

import dev.lifeboat.agent.capture.BpfCaptureSource;
import dev.lifeboat.agent.capture.CaptureSettings;
import dev.lifeboat.agent.capture.ProtectedDisk;
import dev.lifeboat.agent.capture.RecordSink;
import dev.lifeboat.agent.kernel.BpfProgram;
import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.RecordKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the capture programs cost a write, by the kernel's own statistics. */
public final class CaptureFigure implements Figure {
  private static final Path STATISTICS = Path.of("/proc/sys/kernel/bpf_stats_enabled");
  private static final int WRITES = 16_384;
  private static final int RING = 256 << 20;

  @Override
  public String name() {
    return "capture";
  }

  @Override
  public String title() {
    return "CPU of the capture programs per write of 4 KiB, by the kernel's BPF statistics";
  }

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    Path image = work.resolve("disk.img");
    Programs.run(work, "truncate", "--size", "128M", image.toString());
    String device =
        Programs.run(work, "losetup", "--find", "--show", image.toString()).output().strip();
    CaptureSettings settings =
        new CaptureSettings(
            Path.of("/sys/fs/bpf/lifeboat-bench-" + ProcessHandle.current().pid()),
            work.resolve("state"),
            RING,
            1L << 48,
            Chain.START);
    String before = Files.readString(STATISTICS).strip();
    Files.writeString(STATISTICS, "1", StandardOpenOption.WRITE);
    try (BpfCaptureSource source =
        BpfCaptureSource.open(settings, List.of(new ProtectedDisk(1, Path.of(device), "bench")))) {
      return rounds(work, runs, source, device);
    } finally {
      Files.writeString(STATISTICS, before, StandardOpenOption.WRITE);
      BpfCaptureSource.detach(settings);
      Programs.run(work, "losetup", "--detach", device);
    }
  }

  private static List<Row> rounds(Path work, int runs, BpfCaptureSource source, String device)
      throws IOException, InterruptedException {
    List<Double> total = new ArrayList<>();
    List<Double> queue = new ArrayList<>();
    round(work, source, device);
    for (int i = 0; i < runs; i++) {
      double[] costs = round(work, source, device);
      total.add(costs[0] + costs[1] + costs[2]);
      queue.add(costs[2]);
    }
    if (source.losses().total() != 0) {
      throw new IOException("capture lost writes: " + source.losses());
    }
    return List.of(
        new Row(
            "capture, per 4 KiB write",
            "µs",
            Optional.of(Row.Goal.atMost(1)),
            new Samples(total),
            List.of(new Row.Peer("of it when queued (the copy)", new Samples(queue))),
            "fio, random writes of 4 KiB, direct, libaio, depth 16, on a loop device; queue and"
                + " completion programs together"));
  }

  private static double[] round(Path work, BpfCaptureSource source, String device)
      throws IOException, InterruptedException {
    List<BpfProgram.Statistics> start = source.statistics();
    Process fio =
        Programs.start(
            work,
            work.resolve("fio.log"),
            Map.of(),
            List.of(
                "fio",
                "--name=bench",
                "--filename=" + device,
                "--size=96m",
                "--rw=randwrite",
                "--bs=4k",
                "--direct=1",
                "--ioengine=libaio",
                "--iodepth=16",
                "--io_size=" + WRITES * 4L + "k"));
    Discard sink = new Discard();
    while (fio.isAlive() || source.poll(sink, 8 << 20) > 0) {
      source.poll(sink, 8 << 20);
      source.release(source.checkpoint());
      Thread.onSpinWait();
    }
    if (fio.waitFor() != 0) {
      throw new IOException("fio: " + Files.readString(work.resolve("fio.log")));
    }
    List<BpfProgram.Statistics> end = source.statistics();
    double[] micros = new double[start.size()];
    for (int i = 0; i < micros.length; i++) {
      micros[i] = (end.get(i).nanos() - start.get(i).nanos()) / 1e3 / WRITES;
    }
    return micros;
  }

  private static final class Discard implements RecordSink {
    @Override
    public void write(int disk, long offset, int length, long position) {}

    @Override
    public void payload(MemorySegment piece) {}

    @Override
    public void range(RecordKind kind, int disk, long offset, long length, long position) {}

    @Override
    public Chain chain() {
      return Chain.START;
    }
  }
}
