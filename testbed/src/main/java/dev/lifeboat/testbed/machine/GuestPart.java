package dev.lifeboat.testbed.machine;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.run.TestbedPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * {@code testbed/run up guest}: one Debian guest on the network's lan, with an empty third disk.
 */
public final class GuestPart implements TestbedPart {
  private static final int EMPTY_DISK_MIB = 128;

  @Override
  public String name() {
    return "guest";
  }

  @Override
  public int order() {
    return 30;
  }

  @Override
  public Running start(TestNetwork network, Path folder) throws IOException {
    Machines machines = new Machines(network, folder);
    try {
      Path logs = Files.createDirectory(folder.resolve("logs"));
      Files.createSymbolicLink(logs.resolve("dhcp.log"), folder.resolve("dhcp/dhcp.log"));
      Files.createSymbolicLink(logs.resolve("console.log"), folder.resolve("guest/console.log"));
      Guest guest = machines.create("guest", MachineImage.debian(), UUID.randomUUID());
      guest.addDisk(EMPTY_DISK_MIB);
      guest.boot().awaitSsh();
      return new Up(machines, guest);
    } catch (IOException e) {
      machines.close();
      throw e;
    }
  }

  private record Up(Machines machines, Guest guest) implements Running {
    @Override
    public List<String> whatToTypeNext() {
      return List.of(
          guest.typed() + "   # a shell as root",
          "tail -f " + guest.folder().resolve("console.log") + "   # its serial console",
          "kill -9 " + pid() + "   # the disaster; its disks are in " + guest.folder());
    }

    private String pid() {
      try {
        return Long.toString(guest.pid());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      machines.close();
    }
  }
}
