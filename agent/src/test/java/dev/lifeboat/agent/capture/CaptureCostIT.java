package dev.lifeboat.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.kernel.BpfProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What capture costs, by the kernel's own statistics. */
class CaptureCostIT {
  private static final Path ENABLED = Path.of("/proc/sys/kernel/bpf_stats_enabled");

  private static final int ROUNDS = 5;
  private static final int WRITES = 8192;

  @TempDir(factory = TargetFolder.class)
  Path directory;

  private record Cost(long bioCompleted, long requestCompleted, long queued) {
    long total() {
      return bioCompleted + requestCompleted + queued;
    }
  }

  private static Cost round(CaptureBench bench, LoopDisk disk) throws Exception {
    List<BpfProgram.Statistics> start = bench.source().statistics();
    bench.during(
        "fio --name=c --filename="
            + disk.device()
            + " --size=48m --rw=randwrite --bs=4k"
            + " --direct=1 --ioengine=libaio --iodepth=16 --io_size=32m");
    List<BpfProgram.Statistics> end = bench.source().statistics();
    long[] nanos = new long[start.size()];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = (end.get(i).nanos() - start.get(i).nanos()) / WRITES;
    }
    return new Cost(nanos[0], nanos[1], nanos[2]);
  }

  @Test
  void nanosecondsPerWrite() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 256 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      bench.open();
      String before = Files.readString(ENABLED).strip();
      Files.writeString(ENABLED, "1", StandardOpenOption.WRITE);
      try {
        Cost least = round(bench, disk);
        for (int i = 1; i < ROUNDS; i++) {
          Cost next = round(bench, disk);
          least = next.total() < least.total() ? next : least;
        }
        System.out.println("capture, ns per write of 4 KiB, least of " + ROUNDS + ": " + least);
        // The aim is 1000 on a machine of one's own.
        assertThat(least.total()).isLessThan(5000);
        assertThat(bench.source().losses().total()).isZero();
      } finally {
        Files.writeString(ENABLED, before, StandardOpenOption.WRITE);
      }
    }
  }
}
