package dev.lifeboat.operator.vaults;

import dev.lifeboat.vault.head.Head;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A vault of which only the deny-list is there. */
public final class FakeDenyList implements MachineVault {

  public final Set<String> denied = new TreeSet<>();
  public boolean unreachable;

  @Override
  public void deny(Set<String> serials) throws IOException {
    if (unreachable) {
      throw new IOException("the vault does not answer");
    }
    denied.addAll(serials);
  }

  @Override
  public void prepare() {}

  @Override
  public void createMachine(UUID machine) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Head> head(UUID machine) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Head changeHead(UUID machine, UnaryOperator<Head> change) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<VaultPoint> points(UUID machine) {
    throw new UnsupportedOperationException();
  }
}
