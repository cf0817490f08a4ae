package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.blob.PageBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A fixed VHD as a page blob. A service takes few and large writes in order of offset, and the log
 * is scattered: so the disk is laid out in a sparse file first, and what is not zero goes up in
 * pages of 4 MiB when it is complete.
 */
public final class PageBlobTarget implements DiskTarget {

  private static final int PAGE = 4 << 20;
  private static final int PARALLEL = 4;

  private final Path scratch;
  private final FileTarget file;
  private final PageBlob blob;

  /** Takes over {@code blob}; the scratch file is the caller's to remove. */
  public PageBlobTarget(Path scratch, long size, FileTarget.Existing existing, PageBlob blob)
      throws IOException {
    this.scratch = scratch;
    this.file = FileTarget.vhd(scratch, size, existing);
    this.blob = blob;
  }

  @Override
  public boolean startsEmpty() {
    return true;
  }

  @Override
  public void write(long offset, byte[] from, int at, int length) throws IOException {
    file.write(offset, from, at, length);
  }

  @Override
  public void zero(long offset, long length) {
    file.zero(offset, length);
  }

  @Override
  public void sync() throws IOException {
    file.sync();
  }

  @Override
  public void finish() throws IOException {
    file.finish();
    try (FileChannel channel = FileChannel.open(scratch, StandardOpenOption.READ);
        ExecutorService pool = Executors.newFixedThreadPool(PARALLEL)) {
      blob.create(channel.size());
      List<Future<Boolean>> under = new ArrayList<>();
      for (int i = 0; i < PARALLEL; i++) {
        long first = (long) i * PAGE;
        under.add(pool.submit(() -> upload(channel, first)));
      }
      for (Future<Boolean> one : under) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while uploading", e);
    }
  }

  /** Every {@code PARALLEL}-th page from {@code first} on. */
  private boolean upload(FileChannel channel, long first) throws IOException {
    long size = channel.size();
    ByteBuffer page = ByteBuffer.allocate(PAGE);
    for (long at = first; at < size; at += (long) PARALLEL * PAGE) {
      page.clear().limit((int) Math.min(PAGE, size - at));
      while (page.hasRemaining() && channel.read(page, at + page.position()) >= 0) {
        // A read may give less than there is.
      }
      page.flip();
      if (!isZero(page)) {
        blob.put(at, page);
      }
    }
    return true;
  }

  private static boolean isZero(ByteBuffer page) {
    return page.mismatch(ByteBuffer.allocate(page.remaining())) < 0;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
