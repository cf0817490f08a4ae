package dev.lifeboat.vault.blob;

import com.azure.core.http.rest.Response;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.BlockBlobItem;
import com.azure.storage.blob.models.DownloadRetryOptions;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One container on Azure's SDK; every call is made once. */
public final class AzureBlobStore implements BlobStore {

  /** Reads a renewed credential, if there is one. */
  @FunctionalInterface
  interface Refresh {
    void run() throws IOException;
  }

  private static final DownloadRetryOptions ONCE =
      new DownloadRetryOptions().setMaxRetryRequests(0);

  private final BlobContainerClient container;
  private final String location;
  private final Refresh refresh;

  AzureBlobStore(BlobContainerClient container, String location, Refresh refresh) {
    this.container = container;
    this.location = location;
    this.refresh = refresh;
  }

  @Override
  public String location() {
    return location;
  }

  /** Makes the container itself; false when it is there already. */
  public boolean createContainer() throws IOException {
    return call("create the container", () -> container.createIfNotExists());
  }

  @Override
  public Creation create(String name, List<ByteBuffer> content) throws IOException {
    try {
      call(
          "create " + name,
          () -> upload(name, content, new BlobRequestConditions().setIfNoneMatch("*")));
      return Creation.CREATED;
    } catch (BlobException e) {
      int status = status(e);
      if (status == 412 || (status == 409 && e.reason() == BlobException.Reason.REFUSED)) {
        return Creation.EXISTS;
      }
      // Who may create but not overwrite is told "forbidden" when the blob exists.
      if (status == 403 && exists(name)) {
        return Creation.EXISTS;
      }
      throw e;
    }
  }

  private boolean exists(String name) {
    try {
      return readRange(name, 0, 1).isPresent();
    } catch (IOException ignored) {
      return false;
    }
  }

  @Override
  public Optional<byte[]> readRange(String name, long offset, int length) throws IOException {
    if (length == 0) {
      return Optional.of(new byte[0]);
    }
    BoundedSink sink = new BoundedSink(length);
    try {
      call(
          "read " + name,
          () ->
              container
                  .getBlobClient(name)
                  .downloadStreamWithResponse(
                      sink,
                      new BlobRange(offset, (long) length),
                      ONCE,
                      null,
                      false,
                      null,
                      Context.NONE));
      return Optional.of(sink.bytes());
    } catch (BlobException e) {
      if (isMissingBlob(e)) {
        return Optional.empty();
      }
      if (status(e) == 416) {
        return Optional.of(new byte[0]);
      }
      throw e;
    }
  }

  @Override
  public Optional<VersionedBlob> read(String name, int limit) throws IOException {
    BoundedSink sink = new BoundedSink(limit);
    try {
      var response =
          call(
              "read " + name,
              () ->
                  container
                      .getBlobClient(name)
                      .downloadStreamWithResponse(
                          sink, null, ONCE, null, false, null, Context.NONE));
      return Optional.of(
          new VersionedBlob(sink.bytes(), response.getDeserializedHeaders().getETag()));
    } catch (BlobException e) {
      if (isMissingBlob(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void list(String prefix, Consumer<BlobEntry> each) throws IOException {
    call(
        "list " + prefix,
        () -> {
          for (BlobItem item :
              container.listBlobs(new ListBlobsOptions().setPrefix(prefix), null)) {
            OffsetDateTime created = item.getProperties().getCreationTime();
            each.accept(
                new BlobEntry(
                    item.getName(),
                    item.getProperties().getContentLength(),
                    created == null ? Instant.EPOCH : created.toInstant()));
          }
          return true;
        });
  }

  @Override
  public Optional<String> replace(String name, byte[] content, String etag) throws IOException {
    try {
      return Optional.of(
          call(
              "replace " + name,
              () ->
                  upload(
                          name,
                          List.of(ByteBuffer.wrap(content)),
                          new BlobRequestConditions().setIfMatch(etag))
                      .getValue()
                      .getETag()));
    } catch (BlobException e) {
      if (status(e) == 412 || isMissingBlob(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Response<BlockBlobItem> upload(
      String name, List<ByteBuffer> content, BlobRequestConditions conditions) {
    List<ByteBuffer> readOnly = content.stream().map(ByteBuffer::asReadOnlyBuffer).toList();
    BlockBlobSimpleUploadOptions options =
        new BlockBlobSimpleUploadOptions(BinaryData.fromListByteBuffer(readOnly))
            .setContentMd5(md5(content))
            .setRequestConditions(conditions);
    return container
        .getBlobClient(name)
        .getBlockBlobClient()
        .uploadWithResponse(options, null, Context.NONE);
  }

  private static byte[] md5(List<ByteBuffer> content) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      content.forEach(b -> md5.update(b.duplicate()));
      return md5.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  private <T> T call(String what, BlobFailures.Call<T> call) throws IOException {
    refresh.run();
    return BlobFailures.translating(location, what, call);
  }

  private static int status(BlobException e) {
    return e.getCause() instanceof BlobStorageException s ? s.getStatusCode() : 0;
  }

  private static boolean isMissingBlob(BlobException e) {
    return status(e) == 404 && e.reason() != BlobException.Reason.CONTAINER;
  }
}
