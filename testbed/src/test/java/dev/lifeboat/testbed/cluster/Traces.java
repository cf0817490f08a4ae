package dev.lifeboat.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What a node could leave behind, as text that is equal when nothing was. */
final class Traces {

  /** Only what belongs to this network's node: other testbeds may run on the machine. */
  private static final String OF_THE_MACHINE =
      """
      folder=$1
      echo processes; pgrep --full --list-full "$folder" | grep -v pgrep | grep -v 'bash -c' | cut -d ' ' -f 2- | sort
      echo mounts; grep -F "$folder" /proc/self/mounts
      echo loops; losetup --list --noheadings --output BACK-FILE | grep -F "$folder"
      echo groups; find /sys/fs/cgroup -maxdepth 2 -name 'lifeboat-*' | sort
      echo folders; ls -d /var/lib/kubelet /var/log/pods /run/netns/cni-* /var/lib/cni /etc/cni 2>/dev/null
      echo interfaces; ip -o link show | grep -oE ' (veth|pods|cni|kube)[^ ]*'
      echo rules; iptables-save 2>/dev/null | grep -E 'KUBE|CNI'
      true
      """;

  private static final String OF_THE_NETWORK =
      "ip -o link show | cut -d : -f 2; iptables-save | grep '^-A'; ss -ltn; true";

  private Traces() {}

  static String of(TestNetwork network, String folder) throws IOException {
    return Command.run(List.of("bash", "-c", OF_THE_MACHINE, "traces", folder))
        + Command.run(network.enter(), "bash", "-c", OF_THE_NETWORK);
  }

  static void awaitSame(TestNetwork network, String folder, String before) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(of(network, folder)).isEqualTo(before));
  }
}
