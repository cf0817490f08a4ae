package dev.lifeboat.vault.blob;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.PageRange;
import com.azure.storage.blob.options.PageBlobUploadPagesOptions;
import com.azure.storage.blob.specialized.PageBlobClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A page blob at a URL that carries its own shared access signature, which is never printed. Busy
 * and broken calls are tried again: putting a page twice does no harm.
 */
final class AzurePageBlob implements PageBlob {

  private final PageBlobClient client;
  private final String location;
  private final Retry retry;

  AzurePageBlob(PageBlobClient client, String location, Retry retry) {
    this.client = client;
    this.location = location;
    this.retry = retry;
  }

  /** A managed disk that waits for its upload is there already, in its final size. */
  @Override
  public void create(long size) throws IOException {
    retry.call(Thread::sleep, "create", () -> createOnce(size));
  }

  private boolean createOnce(long size) throws IOException {
    long found =
        BlobFailures.translating(
            location,
            "look at the page blob",
            () -> client.exists() ? client.getProperties().getBlobSize() : -1L);
    if (found < 0) {
      BlobFailures.translating(location, "create the page blob", () -> client.create(size));
    } else if (found != size) {
      throw new BlobException(
          BlobException.Reason.REFUSED,
          location + " has " + found + " bytes, the disk as a VHD has " + size);
    }
    return true;
  }

  @Override
  public void put(long offset, ByteBuffer pages) throws IOException {
    byte[] bytes = new byte[pages.remaining()];
    pages.duplicate().get(bytes);
    byte[] md5 = md5(bytes);
    PageRange range = new PageRange().setStart(offset).setEnd(offset + bytes.length - 1);
    retry.call(
        Thread::sleep,
        "put pages",
        () ->
            BlobFailures.translating(
                location,
                "put pages",
                () ->
                    client.uploadPagesWithResponse(
                        new PageBlobUploadPagesOptions(range, BinaryData.fromBytes(bytes))
                            .setContentMd5(md5),
                        null,
                        Context.NONE)));
  }

  private static byte[] md5(byte[] bytes) {
    try {
      return MessageDigest.getInstance("MD5").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
