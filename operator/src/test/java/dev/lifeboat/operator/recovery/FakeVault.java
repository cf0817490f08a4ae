package dev.lifeboat.operator.recovery;

import dev.lifeboat.operator.vaults.MachineVault;
import dev.lifeboat.operator.vaults.VaultPoint;
import dev.lifeboat.vault.head.Head;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Heads and points in memory. */
final class FakeVault implements MachineVault {

  static final Instant POINT_TIME = Instant.parse("2026-01-01T00:00:00Z");

  final Map<UUID, Head> heads = new HashMap<>();
  final List<VaultPoint> points = new ArrayList<>();
  boolean unreachable;

  static VaultPoint point(long sequence, Instant time) {
    return new VaultPoint(
        "00000000-0000-0000-0000-00000000000a/1/" + sequence,
        time,
        "",
        Map.of(1, 16L << 20, 2, 16L << 20));
  }

  @Override
  public void prepare() throws IOException {
    reach();
  }

  private void reach() throws IOException {
    if (unreachable) {
      throw new IOException("the vault does not answer");
    }
  }

  @Override
  public void createMachine(UUID machine) throws IOException {
    reach();
    heads.putIfAbsent(machine, Head.fresh());
  }

  @Override
  public Optional<Head> head(UUID machine) throws IOException {
    reach();
    return Optional.ofNullable(heads.get(machine));
  }

  @Override
  public Head changeHead(UUID machine, UnaryOperator<Head> change) throws IOException {
    reach();
    return heads.compute(machine, (uid, head) -> change.apply(head));
  }

  @Override
  public List<VaultPoint> points(UUID machine) throws IOException {
    reach();
    return List.copyOf(points);
  }

  @Override
  public void deny(Set<String> serials) throws IOException {
    reach();
  }
}
