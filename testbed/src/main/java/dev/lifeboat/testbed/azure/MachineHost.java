package dev.lifeboat.testbed.azure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * What gives created machines their hardware. Implementations are thread-safe; closing one ends
 * every machine and network that it made.
 */
public interface MachineHost extends AutoCloseable {

  /**
   * A card in a virtual network.
   *
   * @param network by which the host knows the virtual network
   * @param subnet the address of the subnet's gateway with the prefix length
   * @param address what DHCP gives the card
   */
  record Card(String network, String subnet, String mac, String address) {}

  /**
   * The hardware of a machine.
   *
   * @param uuid what its firmware tells
   * @param disks raw files; the first one boots, by BIOS, and nothing else does
   * @param folder its own, for logs; exists
   */
  record Hardware(
      UUID uuid, int cores, int memoryMiB, List<Path> disks, List<Card> cards, Path folder) {
    public Hardware {
      disks = List.copyOf(disks);
      cards = List.copyOf(cards);
    }
  }

  /** A machine with power. Closing it takes the power away at once. */
  interface Machine extends AutoCloseable {

    /** Whether it still has power: a machine can also end on its own. */
    boolean running();

    /** What it wrote to its serial console since it was started. */
    String console() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Gives a machine power. */
  Machine start(Hardware hardware) throws IOException;

  /** A virtual network was deleted; no machine is in it. */
  void removed(String network) throws IOException;

  @Override
  void close() throws IOException;

  /** No machines: what Azure's interface says is true, and nothing boots. */
  static MachineHost none() {
    return new NoMachines();
  }
}
