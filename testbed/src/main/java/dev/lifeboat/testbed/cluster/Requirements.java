package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a local cluster needs before it can start; each miss is one sentence. */
final class Requirements {

  static final int API_PORT = 6443;

  /** Programs or files, each with the Debian package that brings it. */
  private static final String[][] NEEDED = {
    {"etcd", "etcd-server"},
    {"containerd", "containerd"},
    {"runc", "runc"},
    {"/usr/lib/cni/bridge", "containernetworking-plugins"},
    {"iptables", "iptables"},
    {"losetup", "mount"},
    {"curl", "curl"},
  };

  private Requirements() {}

  static void root() throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new IOException("A local cluster needs root: run this with sudo.");
    }
  }

  static void packages() throws IOException {
    for (String[] needed : NEEDED) {
      boolean there =
          needed[0].startsWith("/")
              ? Files.exists(Path.of(needed[0]))
              : Command.find(needed[0]).isPresent();
      if (!there) {
        throw new IOException(
            "A local cluster needs %s: install Debian's package %s, or run ./verify tools."
                .formatted(needed[0], needed[1]));
      }
    }
  }

  static void disk(Path folder, long neededBytes) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < neededBytes) {
      throw new IOException(
          "A local cluster needs %d MiB of disk, %s has %d free."
              .formatted(neededBytes >> 20, folder, free >> 20));
    }
  }

  static void port(InetAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, API_PORT), 2000);
    } catch (IOException refused) {
      return;
    }
    throw new IOException(
        "Port %d of %s is taken: this network has a cluster already."
            .formatted(API_PORT, address.getHostAddress()));
  }
}
