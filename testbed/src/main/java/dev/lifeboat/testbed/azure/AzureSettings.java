package dev.lifeboat.testbed.azure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How an {@link AzureSite} is to be. Immutable.
 *
 * @param address where all of it listens, on port 443: the loopback, or the testbed's network
 * @param blobsInMemory for tests; large disks need the disk
 * @param machines boots what is created; taken over by the site
 * @param mostMemoryMiB what a machine gets at most, whatever its size says
 * @param operationTime how long every operation takes at least
 * @param retryAfterSeconds what pollers are told to wait
 * @param authority a folder with the authority ({@code ca.crt}, {@code ca.key}) that issues the
 *     certificates; else a new one is made
 */
public record AzureSettings(
    InetAddress address,
    boolean blobsInMemory,
    MachineHost machines,
    int mostMemoryMiB,
    Duration operationTime,
    int retryAfterSeconds,
    Optional<Path> authority) {

  /**
   * For tests: at an address of the loopback whose port 443 is free, no machines, operations that
   * take no time.
   */
  public static AzureSettings loopback() {
    return new AzureSettings(
        freeLoopback(), true, MachineHost.none(), 1024, Duration.ZERO, 1, Optional.empty());
  }

  /** With machines that boot. */
  public AzureSettings booting(MachineHost host) {
    return new AzureSettings(
        address, blobsInMemory, host, mostMemoryMiB, operationTime, retryAfterSeconds, authority);
  }

  /** At an address of the testbed's network, with blobs on the disk. */
  public AzureSettings at(InetAddress other) {
    return new AzureSettings(
        other, false, machines, mostMemoryMiB, operationTime, retryAfterSeconds, authority);
  }

  /** With operations as slow as this. */
  public AzureSettings taking(Duration time, int newRetryAfterSeconds) {
    return new AzureSettings(
        address, blobsInMemory, machines, mostMemoryMiB, time, newRetryAfterSeconds, authority);
  }

  /**
   * Where vaults are. On the loopback an address of its own, as in Azure: the JDK's client takes a
   * connection to one name for another name at the same address, and so would go past the gate of
   * managed disks.
   */
  InetAddress vaultAddress() {
    byte[] bytes = address.getAddress();
    if (!address.isLoopbackAddress() || bytes.length != 4 || bytes[3] != 1) {
      return address;
    }
    try {
      return InetAddress.getByAddress(new byte[] {bytes[0], bytes[1], bytes[2], 2});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** Two sites that look at the same moment get the same, and one of them fails to start. */
  private static InetAddress freeLoopback() {
    for (int n = 1; n < 255; n++) {
      InetAddress candidate = InetAddress.ofLiteral("127.66." + n + ".1");
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(candidate, AzureSite.PORT));
        return candidate;
      } catch (IOException expected) {
        // Another site's; or no right to it, which the start of this one will say.
      }
    }
    return InetAddress.ofLiteral("127.66.1.1");
  }
}
