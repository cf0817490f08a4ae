package dev.lifeboat.testbed.machine;

import dev.lifeboat.testbed.network.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/**
 * The guests of a testbed's network and what gives them addresses. Thread-safe. Closing takes the
 * guests' power; the network, and their taps with it, is left to who started it.
 */
public final class Machines implements AutoCloseable {
  private static final int FIRST_ADDRESS = 10;
  private static final int LAST_ADDRESS = 199;

  private final TestNetwork network;
  private final Path folder;
  private final DhcpServer dhcp;
  private final Deque<Guest> guests = new ArrayDeque<>();
  private int next = FIRST_ADDRESS;

  /**
   * On the network's lan.
   *
   * @param folder where guests get their folders; exists
   */
  public Machines(TestNetwork network, Path folder) throws IOException {
    this.network = network;
    this.folder = folder;
    dhcp =
        DhcpServer.start(
            network.enter(),
            network.lan().name(),
            network.nodeAddress(),
            Files.createDirectory(folder.resolve("dhcp")));
  }

  /** A new guest, without power, with disks of its own that are copies of an image's. */
  public Guest create(String name, MachineImage image, UUID uuid) throws IOException {
    return create(name, image, uuid, List.of(image.bootDisk(), image.dataDisk()));
  }

  /**
   * A new guest, without power, whose disks are copies of others': a clone, or what was hydrated.
   *
   * @param image whose key gets in
   * @param disks what is copied; nobody writes to it meanwhile
   */
  public Guest create(String name, MachineImage image, UUID uuid, List<Path> disks)
      throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    List<Path> copies = new ArrayList<>();
    for (Path disk : disks) {
      Path copy = own.resolve("disk-" + (copies.size() + 1) + ".img");
      MachineImage.copy(disk, copy);
      copies.add(copy);
    }
    return plug(name, own, image, uuid, copies);
  }

  private synchronized Guest plug(
      String name, Path own, MachineImage image, UUID uuid, List<Path> disks) throws IOException {
    if (next > LAST_ADDRESS) {
      throw new IOException("this network has no address left for " + name);
    }
    int number = next++;
    String tap = "guest" + number;
    String mac = "52:54:00:12:00:%02x".formatted(number);
    network.lan().addTap(tap);
    dhcp.assign(mac, network.address(number));
    Guest guest =
        new Guest(
            new Guest.Parts(name, own, uuid, tap, mac, network.address(number), network.enter()),
            image.sshKey(),
            disks);
    guests.push(guest);
    return guest;
  }

  /** All that were created, oldest first. */
  public synchronized List<Guest> guests() {
    return List.copyOf(guests.reversed());
  }

  @Override
  public synchronized void close() {
    guests.forEach(Guest::close);
    dhcp.close();
  }
}
