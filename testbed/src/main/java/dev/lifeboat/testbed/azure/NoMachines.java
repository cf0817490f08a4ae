package dev.lifeboat.testbed.azure;

/** For tests that need the Resource Manager and no machine: power is a fact and nothing more. */
final class NoMachines implements MachineHost {

  /** A machine that never ends on its own and says one line. */
  private static final class Paper implements Machine {
    private volatile boolean on = true;

    @Override
    public boolean running() {
      return on;
    }

    @Override
    public String console() {
      return "boot: none\n";
    }

    @Override
    public void close() {
      on = false;
    }
  }

  @Override
  public Machine start(Hardware hardware) {
    return new Paper();
  }

  @Override
  public void removed(String network) {
    // There was none.
  }

  @Override
  public void close() {
    // There is nothing to end.
  }
}
