package dev.lifeboat.operator.recovery;

import dev.lifeboat.operator.vaults.MachineVault;
import dev.lifeboat.operator.vaults.VaultPoint;
import dev.lifeboat.vault.head.Head;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A vault as a program that may be killed reaches it. */
record MortalVault(MachineVault vault, Lifeline life) implements MachineVault {

  @Override
  public void prepare() throws IOException {
    vault.prepare();
  }

  @Override
  public void createMachine(UUID machine) throws IOException {
    vault.createMachine(machine);
  }

  @Override
  public Optional<Head> head(UUID machine) throws IOException {
    return life.pass("", () -> vault.head(machine));
  }

  @Override
  public Head changeHead(UUID machine, UnaryOperator<Head> change) throws IOException {
    String next = change.apply(head(machine).orElseThrow()).commit();
    return life.pass("head says " + next, () -> vault.changeHead(machine, change));
  }

  @Override
  public List<VaultPoint> points(UUID machine) throws IOException {
    return life.pass("", () -> vault.points(machine));
  }

  @Override
  public void deny(Set<String> serials) throws IOException {
    vault.deny(serials);
  }
}
