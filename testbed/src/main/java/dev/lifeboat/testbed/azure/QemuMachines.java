package dev.lifeboat.testbed.azure;

import dev.lifeboat.testbed.machine.Qemu;
import dev.lifeboat.testbed.machine.QemuSettings;
import dev.lifeboat.testbed.network.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Boots machines in QEMU, their cards plugged into bridges of the testbed's network: one bridge for
 * each virtual network. Thread-safe.
 */
public final class QemuMachines implements MachineHost {
  private final TestNetwork network;
  private final Path folder;
  private final Map<String, VirtualBridge> bridges = new HashMap<>();
  private final Set<Booted> running = ConcurrentHashMap.newKeySet();
  private int made;

  /** The network is the caller's and outlives this; {@code folder} exists, and is its own. */
  public QemuMachines(TestNetwork network, Path folder) {
    this.network = network;
    this.folder = folder;
  }

  @Override
  public Machine start(Hardware hardware) throws IOException {
    List<Plug> plugs = new ArrayList<>();
    try {
      for (Card card : hardware.cards()) {
        plugs.add(plug(card));
      }
      QemuSettings settings =
          QemuSettings.of(
                  hardware.folder(),
                  hardware.disks().stream().map(QemuSettings.Disk::raw).toList(),
                  hardware.uuid())
              .sized(hardware.memoryMiB(), hardware.cores())
              .on(
                  network.enter(),
                  plugs.stream()
                      .map(plug -> new QemuSettings.Nic(plug.tap(), plug.mac()))
                      .toArray(QemuSettings.Nic[]::new));
      Booted booted = new Booted(Qemu.start(settings), plugs, running);
      running.add(booted);
      return booted;
    } catch (IOException | RuntimeException e) {
      unplug(plugs);
      throw e;
    }
  }

  private synchronized Plug plug(Card card) throws IOException {
    VirtualBridge bridge = bridges.get(card.network());
    if (bridge == null) {
      String name = "azure" + made++;
      bridge =
          VirtualBridge.start(
              network, name, card.subnet(), Files.createDirectory(folder.resolve(name)));
      bridges.put(card.network(), bridge);
    }
    String tap = "az" + made++;
    bridge.assign(card.mac(), card.address());
    bridge.addTap(tap);
    return new Plug(bridge, tap, card.mac());
  }

  private static void unplug(List<Plug> plugs) throws IOException {
    for (Plug plug : plugs) {
      plug.bridge().removeTap(plug.tap());
    }
  }

  private record Plug(VirtualBridge bridge, String tap, String mac) {}

  private static final class Booted implements Machine {
    private final Qemu qemu;
    private final List<Plug> plugs;
    private final Set<Booted> all;

    Booted(Qemu qemu, List<Plug> plugs, Set<Booted> all) {
      this.qemu = qemu;
      this.plugs = plugs;
      this.all = all;
    }

    @Override
    public boolean running() {
      return qemu.running();
    }

    @Override
    public String console() throws IOException {
      return qemu.console();
    }

    @Override
    public void close() throws IOException {
      // A second time it has nothing to take away.
      if (all.remove(this)) {
        qemu.close();
        unplug(plugs);
      }
    }
  }

  @Override
  public synchronized void removed(String virtualNetwork) throws IOException {
    VirtualBridge bridge = bridges.remove(virtualNetwork);
    if (bridge != null) {
      bridge.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (Booted machine : List.copyOf(running)) {
      machine.close();
    }
    for (VirtualBridge bridge : bridges.values()) {
      bridge.close();
    }
    bridges.clear();
  }
}
