package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.kernel.Btf;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Where the running kernel keeps what the programs read. Kernels before 5.12 have {@code
 * bio.bi_disk}, later ones {@code bi_bdev}; before 5.15 there is no disk sequence number.
 */
record KernelLayout(
    Bio bio, Request request, Disk disk, Operations operations, Buffer buffer, int pageSize) {

  /**
   * struct bio; {@code viaDevice}: the disk is behind {@code bi_bdev}, at {@code diskOfDevice};
   * {@code encryption}: set where the device gets other bytes than the bio has, or -1.
   */
  record Bio(
      int queueArgument,
      int completeArgument,
      int device,
      boolean viaDevice,
      int diskOfDevice,
      int flags,
      int status,
      int iterator,
      int vectors,
      int encryption) {}

  /** struct request; {@code viaQueue}: the disk is behind {@code q}, at {@code diskOfQueue}. */
  record Request(
      int argument, int flags, int sector, int holder, boolean viaQueue, int diskOfQueue) {}

  /** struct gendisk: what a disk is told by, 8 bytes. */
  record Disk(int key, boolean bySequence) {}

  /**
   * Numbers of the request operations; -1: this kernel has none.
   *
   * @param metadata flags of writes that a file system makes for itself, whatever thread it is in
   */
  record Operations(
      int write,
      int discard,
      int secureErase,
      int writeZeroes,
      int passthrough,
      int swapBit,
      long metadata) {}

  /** struct buffer_head, for calibration. */
  record Buffer(int page, int data) {}

  static KernelLayout of(Btf btf) throws IOException {
    return new KernelLayout(
        bio(btf),
        request(btf),
        disk(btf),
        operations(btf),
        new Buffer(btf.offset("buffer_head", "b_page"), btf.offset("buffer_head", "b_data")),
        btf.size("page"));
  }

  private static Bio bio(Btf btf) throws IOException {
    OptionalInt device = btf.find("bio", "bi_bdev");
    boolean viaDevice = device.isPresent();
    return new Bio(
        btf.argument("block_bio_queue", "bio"),
        btf.argument("block_bio_complete", "bio"),
        viaDevice ? device.getAsInt() : btf.offset("bio", "bi_disk"),
        viaDevice,
        viaDevice ? btf.offset("block_device", "bd_disk") : 0,
        btf.offset("bio", "bi_opf"),
        btf.offset("bio", "bi_status"),
        btf.offset("bio", "bi_iter"),
        btf.offset("bio", "bi_io_vec"),
        btf.find("bio", "bi_crypt_context").orElse(-1));
  }

  private static Request request(Btf btf) throws IOException {
    OptionalInt disk = btf.find("request_queue", "disk");
    boolean viaQueue = disk.isPresent();
    return new Request(
        btf.argument("block_rq_complete", "request"),
        btf.offset("request", "cmd_flags"),
        btf.offset("request", "__sector"),
        viaQueue ? btf.offset("request", "q") : btf.offset("request", "rq_disk"),
        viaQueue,
        viaQueue ? disk.getAsInt() : 0);
  }

  private static Disk disk(Btf btf) throws IOException {
    OptionalInt sequence = btf.find("gendisk", "diskseq");
    return sequence.isPresent()
        ? new Disk(sequence.getAsInt(), true)
        : new Disk(btf.offset("gendisk", "major"), false);
  }

  private static Operations operations(Btf btf) throws IOException {
    return new Operations(
        constant(btf, "REQ_OP_WRITE"),
        constant(btf, "REQ_OP_DISCARD"),
        constant(btf, "REQ_OP_SECURE_ERASE"),
        constant(btf, "REQ_OP_WRITE_ZEROES"),
        constant(btf, "REQ_OP_DRV_OUT"),
        constant(btf, "__REQ_SWAP"),
        flag(btf, "__REQ_META") | flag(btf, "__REQ_PREFLUSH") | flag(btf, "__REQ_FUA"));
  }

  private static long flag(Btf btf, String bit) throws IOException {
    int number = constant(btf, bit);
    return number < 0 ? 0 : 1L << number;
  }

  private static int constant(Btf btf, String name) throws IOException {
    OptionalLong value = btf.constant(name);
    return value.isPresent() ? (int) value.getAsLong() : -1;
  }
}
