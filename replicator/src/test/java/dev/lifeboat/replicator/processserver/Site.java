package dev.lifeboat.replicator.processserver;

import dev.lifeboat.replicator.processserver.listener.ListenerLimits;
import dev.lifeboat.replicator.processserver.settings.MemorySettings;
import dev.lifeboat.replicator.processserver.settings.ProcessServerSettings;
import dev.lifeboat.replicator.processserver.uploader.UploadPace;
import dev.lifeboat.vault.blob.AzureSettings;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.head.Denied;
import dev.lifeboat.vault.head.Head;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.hydrate.FileTarget;
import dev.lifeboat.vault.hydrate.Hydration;
import dev.lifeboat.vault.hydrate.HydrationProgress;
import dev.lifeboat.vault.hydrate.HydrationSource;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.LogWalk;
import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A site of the tests: an authority, a vault with one machine in it, and process servers on the
 * loopback.
 */
final class Site {
  static final UploadPace PACE =
      new UploadPace(
          1 << 20, 8 << 20, Duration.ofMillis(50), Duration.ofMillis(300), Duration.ofSeconds(1));

  final Path root;
  final UUID machine = UUID.randomUUID();
  final MemoryBlobStore log = new MemoryBlobStore();
  final MemoryBlobStore head = new MemoryBlobStore();

  /** What is read back from; the one in memory unless a test says otherwise. */
  BlobStore vault = log;

  final RecoveryKey recoveryKey = RecoveryKey.generate();
  final CertificateAuthority authority;
  ListenerLimits limits =
      new ListenerLimits(
          64,
          Duration.ofSeconds(30),
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ofSeconds(60),
          4 << 20);

  Site(Path root) throws Exception {
    this.root = root;
    authority =
        CertificateAuthority.create(
            Files.createDirectories(root.resolve("ca")), "test", Clock.systemUTC());
    authority
        .issueServer(List.of("localhost", "127.0.0.1"), Duration.ofDays(1))
        .writeTo(Files.createDirectories(root.resolve("identity")));
    prepare(log, new Heads(head), machine);
  }

  void prepare(BlobStore logStore, Heads heads, UUID uid) throws IOException {
    var _ = new DataKeys(logStore).create(uid, recoveryKey).orElseThrow();
    heads.create(uid, Head.fresh());
  }

  Identity identity() throws Exception {
    return authority.issueMachine(machine, Duration.ofDays(1));
  }

  ProcessServerSettings settings(Path cache) {
    AzureSettings azure =
        new AzureSettings(
            BlobEndpoint.of(URI.create("https://unused.invalid"), Optional.empty()),
            "lifeboat-log",
            new BlobCredential.Environment(),
            "lifeboat-head",
            new BlobCredential.Environment());
    return new ProcessServerSettings(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        root.resolve("identity"),
        cache,
        root.resolve("volume.key"),
        azure,
        root.resolve("recovery.key"),
        new MemorySettings(64 << 20, 96 << 20),
        PACE,
        limits,
        false);
  }

  ProcessServer server(String cache) throws Exception {
    return server(root.resolve(cache));
  }

  ProcessServer server(Path cache) throws Exception {
    return ProcessServer.start(
        settings(cache), new VaultAccess(log, log, new Heads(head), new Denied(head), recoveryKey));
  }

  DataKey dataKey() throws IOException {
    return new DataKeys(vault).load(machine, recoveryKey);
  }

  LogView view() throws IOException {
    return LogWalk.footers(new SegmentLog(vault, machine), dataKey());
  }

  /** What comes out of the vault at a point. */
  byte[] hydrate(LogView view, RecoveryPoint point) throws IOException {
    HydrationSource source = HydrationSource.open(new SegmentLog(vault, machine), dataKey());
    Hydration hydration =
        new Hydration(source, point, ScriptedLog.DISK, Hydration.Settings.standard());
    Path file = Files.createTempFile(root, "disk", ".raw");
    Files.delete(file);
    Path progress = file.resolveSibling(file.getFileName() + ".progress");
    try (FileTarget target = FileTarget.raw(file, hydration.size(), FileTarget.Existing.REFUSE)) {
      hydration.run(
          target,
          HydrationProgress.fresh(progress, hydration.identity(), Clock.systemUTC(), _ -> {}));
      target.finish();
    }
    return Files.readAllBytes(file);
  }
}
