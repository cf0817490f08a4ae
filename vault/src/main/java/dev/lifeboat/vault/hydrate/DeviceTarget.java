package dev.lifeboat.vault.hydrate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A block device of this machine, held exclusively while it is written. */
public final class DeviceTarget implements DiskTarget {

  private static final int ZEROS = 1 << 20;

  private final ExclusiveDevice held;
  private final FileChannel channel;

  private DeviceTarget(ExclusiveDevice held, FileChannel channel) {
    this.held = held;
    this.channel = channel;
  }

  /** Refuses a device that is mounted or in use, or smaller than {@code size}. */
  public static DeviceTarget open(Path device, long size) throws IOException {
    ExclusiveDevice held = ExclusiveDevice.open(device);
    try {
      FileChannel channel =
          FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (channel.size() < size) {
        long has = channel.size();
        channel.close();
        throw new TargetException(
            device + " has " + has + " bytes, the disk needs " + size + "; use a larger one");
      }
      return new DeviceTarget(held, channel);
    } catch (IOException e) {
      held.close();
      throw e;
    }
  }

  /** Whether the path is a block device. */
  public static boolean isDevice(Path path) throws IOException {
    return ExclusiveDevice.isBlockDevice(path);
  }

  @Override
  public boolean startsEmpty() {
    return false;
  }

  @Override
  public void write(long offset, byte[] from, int at, int length) throws IOException {
    FileTarget.writeFully(channel, offset, ByteBuffer.wrap(from, at, length));
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    if (held.zeroRange(offset, length)) {
      return;
    }
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS, length));
    for (long done = 0; done < length; done += zeros.limit()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), length - done));
      FileTarget.writeFully(channel, offset + done, zeros);
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void finish() throws IOException {
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    try (held) {
      channel.close();
    }
  }
}
