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

  @TempDir(factory = TargetFolder.class)
  Path directory;

  @Test
  void nanosecondsPerWrite() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 256 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      bench.open();
      String before = Files.readString(ENABLED).strip();
      Files.writeString(ENABLED, "1", StandardOpenOption.WRITE);
      try {
        List<BpfProgram.Statistics> start = bench.source().statistics();
        bench.during(
            "fio --name=c --filename="
                + disk.device()
                + " --size=48m --rw=randwrite --bs=4k"
                + " --direct=1 --ioengine=libaio --iodepth=16 --io_size=128m");
        List<BpfProgram.Statistics> end = bench.source().statistics();
        double total = 0;
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < start.size(); i++) {
          long nanos = end.get(i).nanos() - start.get(i).nanos();
          said.append(nanos / 32768).append(" ns in ");
          said.append((end.get(i).runs() - start.get(i).runs()) / 32768.0).append(" runs; ");
          total += nanos / 32768.0;
        }
        System.out.printf("capture: %.0f ns per write of 4 KiB (%s)%n", total, said);
        assertThat(total).isLessThan(5000);
        assertThat(bench.source().losses().total()).isZero();
      } finally {
        Files.writeString(ENABLED, before, StandardOpenOption.WRITE);
      }
    }
  }
}
