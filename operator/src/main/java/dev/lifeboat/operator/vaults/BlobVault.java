package dev.lifeboat.operator.vaults;

import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobException;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.head.Denied;
import dev.lifeboat.vault.head.Head;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.head.VersionedHead;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.vault.point.Points;
import dev.lifeboat.vault.point.RecoveryPoint;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A vault in a storage account. */
final class BlobVault implements MachineVault {

  /** Where a vault is and how it is opened. */
  record Access(
      BlobCredential credential,
      String logContainer,
      String headContainer,
      RecoveryKey recoveryKey) {}

  private static final int RIVALS = 16;

  private final AzureBlobs blobs;
  private final Access access;
  private final BlobStore log;
  private final Heads heads;
  private final Denied denied;
  private final Map<UUID, DataKey> keys = new ConcurrentHashMap<>();
  private final Map<UUID, Points> points = new ConcurrentHashMap<>();

  BlobVault(AzureBlobs blobs, Access access) throws BlobException {
    this.blobs = blobs;
    this.access = access;
    log = blobs.container(access.logContainer(), access.credential());
    BlobStore headStore = blobs.container(access.headContainer(), access.credential());
    heads = new Heads(headStore);
    denied = new Denied(headStore);
  }

  @Override
  public void prepare() throws IOException {
    container(access.logContainer());
    container(access.headContainer());
    denied.read();
    log.list("machine/none/", entry -> {});
  }

  /** Who may use a container need not be allowed to make it. */
  private void container(String name) throws IOException {
    try {
      blobs.plainContainer(name, access.credential()).createContainer();
    } catch (BlobException e) {
      if (e.reason() != BlobException.Reason.CREDENTIAL) {
        throw e;
      }
    }
  }

  @Override
  public void createMachine(UUID machine) throws IOException {
    var _ = new DataKeys(log).create(machine, access.recoveryKey());
    var _ = key(machine);
    heads.create(machine, Head.fresh());
  }

  private DataKey key(UUID machine) throws IOException {
    DataKey known = keys.get(machine);
    if (known == null) {
      known = new DataKeys(log).load(machine, access.recoveryKey());
      keys.put(machine, known);
    }
    return known;
  }

  @Override
  public Optional<Head> head(UUID machine) throws IOException {
    return heads.read(machine).map(VersionedHead::head);
  }

  @Override
  public Head changeHead(UUID machine, UnaryOperator<Head> change) throws IOException {
    for (int i = 0; i < RIVALS; i++) {
      VersionedHead found = heads.require(machine);
      Head next = change.apply(found.head());
      if (next.equals(found.head())) {
        return next;
      }
      Optional<VersionedHead> replaced = heads.replace(machine, found, next);
      if (replaced.isPresent()) {
        return replaced.get().head();
      }
    }
    throw new IOException("the head of machine " + machine + " changes all the time");
  }

  @Override
  public List<VaultPoint> points(UUID machine) throws IOException {
    DataKey key = key(machine);
    return points
        .computeIfAbsent(machine, uid -> new Points(log, uid, key))
        .look()
        .points()
        .stream()
        .map(BlobVault::point)
        .toList();
  }

  private static VaultPoint point(RecoveryPoint point) {
    return new VaultPoint(
        point.id().toString(),
        point.time(),
        point.label(),
        point.disks().stream().collect(Collectors.toMap(disk -> disk.id(), disk -> disk.size())));
  }

  @Override
  public void deny(Set<String> serials) throws IOException {
    denied.add(serials);
  }
}
