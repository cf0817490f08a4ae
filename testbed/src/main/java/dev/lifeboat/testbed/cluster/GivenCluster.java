package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A cluster that somebody else runs and gives by {@code KUBECONFIG}. How an image gets into it only
 * its owner knows: {@code -Dcluster.load="kind load image-archive"} names the command, to which the
 * archive's path is appended.
 */
public final class GivenCluster implements Cluster {

  private final Path kubeconfig;
  private final String loadCommand;
  private final InetAddress address;

  /** Asks it for its first node's address. */
  GivenCluster(Path kubeconfig, String loadCommand) throws IOException {
    this.kubeconfig = kubeconfig;
    this.loadCommand = loadCommand;
    String found =
        new Kubectl(kubeconfig)
            .run(
                "get",
                "nodes",
                "--output=jsonpath={.items[0].status.addresses[?(@.type==\"InternalIP\")].address}");
    if (found.isBlank()) {
      throw new IOException("The cluster of %s has no node with an address.".formatted(kubeconfig));
    }
    address = InetAddress.getByName(found.strip());
  }

  @Override
  public String description() {
    return "the cluster of " + kubeconfig;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public void load(Path archive) throws IOException {
    if (loadCommand.isBlank()) {
      throw new IOException(
          "How images get into the cluster of %s is not known: set -Dcluster.load to a command."
              .formatted(kubeconfig));
    }
    List<String> command = new ArrayList<>(List.of(loadCommand.strip().split(" +", -1)));
    command.add(archive.toString());
    Command.run(command);
  }

  @Override
  public InetAddress address() {
    return address;
  }

  @Override
  public void close() {
    // Not ours to end.
  }
}
