package dev.lifeboat.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.agent.capture.Shell;
import dev.lifeboat.agent.capture.TargetFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The agent, started by its launcher, under load: what it holds beside the kernel's maps (ring,
 * dirty set) stays within 256 MiB at its highest.
 */
class MemoryIT {
  private static final long BOUND = 256L << 20;

  /** MiB a second: more than most machines write for long, and what the ring can be emptied by. */
  private static final int RATE = 24;

  private static final int SECONDS = 20;

  @TempDir(factory = TargetFolder.class)
  Path folder;

  /** A figure of /proc/PID/status in bytes. */
  private static long figure(long pid, String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }

  /** Resident bytes of mapped BPF maps. */
  private static long maps(long pid) throws IOException {
    long sum = 0;
    boolean map = false;
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        map = line.contains("bpf-map");
      } else if (map && line.startsWith("Rss:")) {
        sum += Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return sum;
  }

  private static void load(AgentHome home) {
    try {
      Shell.run(
          "fio",
          "--name=load",
          "--filename=" + home.disk.device(),
          "--size=32m",
          "--rw=randwrite",
          "--bsrange=4k-1m",
          "--direct=1",
          "--ioengine=libaio",
          "--iodepth=16",
          "--buffer_compress_percentage=50",
          "--refill_buffers",
          "--rate=" + RATE + "m",
          "--time_based",
          "--runtime=" + SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lz4", "zstd"})
  void staysWithinItsBound(String codec) throws Exception {
    try (AgentHome home = new AgentHome(folder);
        SinkServer server =
            new SinkServer(home.authority.issueServer(List.of("127.0.0.1"), Duration.ofDays(1)))) {
      Path config = home.config("agent.yaml", "codec: " + codec + "\nmarkEvery: 1s");
      Files.writeString(
          config,
          Files.readString(config)
              .replaceFirst("servers: .*", "servers: [\"127.0.0.1:" + server.port() + "\"]")
              .replace("ring: 4MiB", "ring: 64MiB"));
      try (AgentProcess agent = AgentProcess.run(config, home.state, folder.resolve("agent.log"))) {
        await("consistent")
            .atMost(Duration.ofMinutes(2))
            .until(() -> agent.state().equals("Consistent"));
        long pid = agent.process().pid();
        AtomicLong peak = new AtomicLong();
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> load(home));
        await("the load is done")
            .atMost(Duration.ofMinutes(3))
            .pollInterval(Duration.ofMillis(100))
            .until(() -> {
              peak.accumulateAndGet(figure(pid, "VmRSS") - maps(pid), Math::max);
              return load.isDone();
            });
        load.join();
        await("all of it is shipped")
            .atMost(Duration.ofMinutes(3))
            .until(() ->
                agent.state().equals("Consistent")
                    && agent.status().path("lagBytes").asLong(1) == 0);
        assertThat(server.received())
            .as("it was load")
            .isGreaterThan(((long) RATE * SECONDS) << 18);
        long high = figure(pid, "VmHWM");
        long beside = Math.max(peak.get(), high - maps(pid));
        System.out.printf(
            "MemoryIT %s: %d MiB; VmHWM %d MiB, of it BPF maps %d MiB; RssAnon %d MiB, RssFile %d MiB%n",
            codec,
            beside >> 20,
            high >> 20,
            maps(pid) >> 20,
            figure(pid, "RssAnon") >> 20,
            figure(pid, "RssFile") >> 20);
        assertThat(beside).isLessThanOrEqualTo(BOUND);
        assertThat(agent.end()).isZero();
      }
    }
  }
}
