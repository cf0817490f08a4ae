package dev.lifeboat.testbed.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.BlobServiceVersion;
import com.azure.storage.blob.models.BlobAccessPolicy;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobSignedIdentifier;
import com.azure.storage.blob.models.PageRangeItem;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/**
 * Where managed disks are while they are uploaded: page blobs of an account that is the cloud's
 * own. Each has its container, so that a disk's access is revoked by taking its policy away.
 * Thread-safe.
 */
final class DiskBlobs {
  /** Azure calls every disk's blob so. */
  private static final String BLOB = "abcd";

  private static final String CONSOLE = "serialconsole.log";
  private static final int PIECE = 4 << 20;

  private final BlobServiceClient service;

  DiskBlobs(HttpClient http, BlobService.Account account) {
    service =
        new BlobServiceClientBuilder()
            .endpoint(account.endpoint().toString())
            .credential(new StorageSharedKeyCredential(account.name(), account.key()))
            .serviceVersion(BlobServiceVersion.V2025_11_05)
            .httpClient(http)
            .buildClient();
  }

  private BlobClient blob(String disk) {
    return service.getBlobContainerClient("disk-" + disk).getBlobClient(BLOB);
  }

  /** Makes a disk that can be uploaded, all zeros. */
  void create(String disk, long bytes) {
    service.createBlobContainerIfNotExists("disk-" + disk);
    blob(disk).getPageBlobClient().create(bytes, true);
  }

  void delete(String disk) {
    service.deleteBlobContainerIfExists("disk-" + disk);
  }

  String url(String disk) {
    return blob(disk).getBlobUrl();
  }

  /** Path and query of a URL for reading and writing, good until {@link #revoke}. */
  String grant(String disk, Duration time) {
    String id = UUID.randomUUID().toString();
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    BlobAccessPolicy policy =
        new BlobAccessPolicy()
            .setPermissions("rw")
            .setStartsOn(now.minusMinutes(5))
            .setExpiresOn(now.plus(time));
    service
        .getBlobContainerClient("disk-" + disk)
        .setAccessPolicy(
            null, List.of(new BlobSignedIdentifier().setId(id).setAccessPolicy(policy)));
    BlobClient blob = blob(disk);
    return path(blob) + "?" + blob.generateSas(new BlobServiceSasSignatureValues(id));
  }

  private static String path(BlobClient blob) {
    return URI.create(blob.getBlobUrl()).getRawPath().replaceFirst("^/+", "/");
  }

  void revoke(String disk) {
    service.getBlobContainerClient("disk-" + disk).setAccessPolicy(null, List.of());
  }

  byte[] footer(String disk, long bytes) {
    ByteArrayOutputStream footer = new ByteArrayOutputStream(VhdImage.FOOTER);
    read(blob(disk), bytes - VhdImage.FOOTER, VhdImage.FOOTER, footer);
    return footer.toByteArray();
  }

  /**
   * Lays the disk's bytes, without the footer, out in a sparse file.
   *
   * @return their SHA-256, in hexadecimal digits
   */
  String export(String disk, long bytes, Path file) throws IOException {
    long size = bytes - VhdImage.FOOTER;
    SparseHash hash = new SparseHash();
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (RandomAccessFile raw = new RandomAccessFile(part.toFile(), "rw")) {
      raw.setLength(size);
      FileChannel channel = raw.getChannel();
      BlobClient blob = blob(disk);
      ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE);
      for (PageRangeItem range : blob.getPageBlobClient().listPageRanges(new BlobRange(0, size))) {
        long end = Math.min(size, range.getRange().getOffset() + range.getRange().getLength());
        for (long at = range.getRange().getOffset(); at < end; at += PIECE) {
          piece.reset();
          read(blob, at, (int) Math.min(PIECE, end - at), piece);
          write(channel, at, piece.toByteArray());
          hash.update(at, piece.toByteArray());
        }
      }
    }
    Files.move(part, file);
    return hash.finish(size);
  }

  private static void write(FileChannel channel, long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
  }

  private static void read(BlobClient blob, long at, int length, ByteArrayOutputStream to) {
    blob.downloadStreamWithResponse(
        to, new BlobRange(at, (long) length), null, null, false, null, null);
  }

  /** Puts a machine's console where it can be read for some time: path and query of a URL. */
  String publishConsole(String machine, byte[] text, Duration time) {
    BlobContainerClient container =
        service.createBlobContainerIfNotExists("bootdiagnostics-" + machine);
    BlobClient blob = container.getBlobClient(CONSOLE);
    blob.upload(BinaryData.fromBytes(text), true);
    return path(blob)
        + "?"
        + blob.generateSas(
            new BlobServiceSasSignatureValues(
                OffsetDateTime.now(ZoneOffset.UTC).plus(time),
                new BlobSasPermission().setReadPermission(true)));
  }

  void deleteConsole(String machine) {
    service.deleteBlobContainerIfExists("bootdiagnostics-" + machine);
  }
}
