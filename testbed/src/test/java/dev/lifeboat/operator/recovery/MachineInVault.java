package dev.lifeboat.operator.recovery;

import dev.lifeboat.testbed.azure.CloudSite;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.head.Ownership;
import dev.lifeboat.vault.head.Takeover;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.Tip;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * A machine with two disks of 16 MiB, whose writes go into its log in the vault as a process
 * server's would, and into files beside it. Not thread-safe.
 */
final class MachineInVault {

  static final int DISKS = 2;

  private static final long BYTES = 16 << 20;
  private static final int WRITES = 60;
  private static final int PIECE = 256 << 10;
  private static final long CUT = 16 << 20;

  private final Path folder;
  private final LogWriter writer;
  private final Random random;
  private int points;

  /** Takes the machine's log over; its data key and head are there. */
  private MachineInVault(CloudSite site, UUID machine, Path folder, long seed, long... bytes)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    random = new Random(seed);
    Map<String, String> access = site.secrets().get("vault-access");
    Path key = Files.writeString(folder.resolve("accountKey"), access.get("accountKey"));
    AzureBlobs blobs =
        new AzureBlobs(
            BlobEndpoint.of(
                URI.create(site.policy().getSpec().vault().endpoint()),
                Optional.of(site.azure().caFile())));
    BlobCredential credential = new BlobCredential.SharedKeyFile(access.get("account"), key);
    BlobStore store = blobs.container("lifeboat-log", credential);
    SegmentLog log = new SegmentLog(store, machine);
    DataKey dataKey =
        new DataKeys(store)
            .load(
                machine, RecoveryKey.parse(site.secrets().get("recovery-key").get("recovery.key")));
    Ownership owned =
        new Takeover(new Heads(blobs.container("lifeboat-head", credential)))
            .take(log, UUID.randomUUID(), dataKey);
    writer = new LogWriter(log, dataKey, owned.next(), Tip.beginning(UUID.randomUUID()));
    writer.state(LogWriter.disk(1, bytes[0]), LogWriter.disk(2, bytes[1]));
  }

  /** One with disks of 16 MiB and random writes, without a point yet. */
  static MachineInVault random(CloudSite site, UUID machine, Path folder) throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed of the machine: " + seed);
    MachineInVault made = new MachineInVault(site, machine, folder, seed, BYTES, BYTES);
    for (int disk = 1; disk <= DISKS; disk++) {
      try (RandomAccessFile file = new RandomAccessFile(made.now(disk).toFile(), "rw")) {
        file.setLength(BYTES);
      }
    }
    return made;
  }

  /** One whose disks are these images, at its only point. */
  static MachineInVault of(CloudSite site, UUID machine, Path folder, List<Path> images)
      throws IOException {
    MachineInVault made =
        new MachineInVault(
            site, machine, folder, 0, Files.size(images.get(0)), Files.size(images.get(1)));
    for (int disk = 1; disk <= DISKS; disk++) {
      made.writeAll(disk, images.get(disk - 1));
    }
    made.writer.mark(Instant.now(), 1, 2);
    var _ = made.writer.cut();
    return made;
  }

  private void writeAll(int disk, Path image) throws IOException {
    byte[] hole = new byte[PIECE];
    try (InputStream in = Files.newInputStream(image)) {
      long offset = 0;
      for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
        if (!Arrays.equals(piece, 0, piece.length, hole, 0, piece.length)) {
          writer.write(disk, offset, piece);
        }
        offset += piece.length;
        if (offset % CUT == 0 && writer.builder().rawBytes() > 0) {
          var _ = writer.cut();
        }
      }
    }
  }

  private Path now(int disk) {
    return folder.resolve("disk-" + disk + ".raw");
  }

  /** The disk as it was at the point of this number, counted from 1. */
  Path at(int point, int disk) {
    return folder.resolve("disk-" + disk + "-at-" + point + ".raw");
  }

  /** Writes here and there on both disks, also at both ends, and marks a point. */
  void writeAndMark(Instant time) throws IOException {
    for (int disk = 1; disk <= DISKS; disk++) {
      try (RandomAccessFile file = new RandomAccessFile(now(disk).toFile(), "rw")) {
        for (int i = 0; i < WRITES; i++) {
          byte[] content = new byte[512 * (1 + random.nextInt(64))];
          random.nextBytes(content);
          long last = (BYTES - content.length) / 512;
          long offset = 512 * (i == 0 ? 0 : i == 1 ? last : random.nextLong(last));
          writer.write(disk, offset, content);
          file.seek(offset);
          file.write(content);
        }
      }
    }
    writer.mark(time, 1, 2);
    var _ = writer.cut();
    points++;
    for (int disk = 1; disk <= DISKS; disk++) {
      Files.copy(now(disk), at(points, disk));
    }
  }
}
