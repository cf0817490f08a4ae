package dev.lifeboat.replicator.processserver.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;

/**
 * The disk that holds the cache: one directory per machine, the owner id and the lock that keeps a
 * second process server out. The owner id lives and dies with the volume: whoever finds an emptied
 * one is a new owner, and takes the machines over. Thread-safe; closed by the process server, last.
 */
public final class CacheVolume implements Closeable {
  private static final int OWNER_BYTES = 64;

  private final Path directory;
  private final VolumeKey key;
  private final FileStore store;
  private final UUID owner;
  private final FileChannel lockFile;
  private final KeptBudget kept;

  private CacheVolume(
      Path directory, VolumeKey key, UUID owner, FileChannel lockFile, KeptBudget kept)
      throws IOException {
    this.kept = kept;
    this.directory = directory;
    this.key = key;
    this.owner = owner;
    this.lockFile = lockFile;
    store = Files.getFileStore(directory);
  }

  /**
   * Opens the volume, or prepares an empty one.
   *
   * @param keyFile outside the directory
   * @param keptBytes of durable frames may stay in memory until they are read
   * @throws IOException saying what is wrong: used by another process, key unreadable, key beside
   *     the cache
   */
  public static CacheVolume open(Path directory, Path keyFile, long keptBytes) throws IOException {
    Files.createDirectories(directory);
    Path root = directory.toRealPath();
    Path keyHome = keyFile.toAbsolutePath().getParent();
    if (keyHome == null || !Files.isDirectory(keyHome)) {
      throw new IOException("the directory of the volume key " + keyFile + " does not exist");
    }
    if (keyHome.toRealPath().startsWith(root)) {
      throw new IOException(
          "the volume key " + keyFile + " must not lie in the cache directory that it protects");
    }
    FileChannel lockFile =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      lock(lockFile, root);
      return new CacheVolume(
          root, VolumeKey.loadOrCreate(keyFile), owner(root), lockFile, new KeptBudget(keptBytes));
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static void lock(FileChannel lockFile, Path root) throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      if (lock != null) {
        return;
      }
    } catch (OverlappingFileLockException sameProcess) {
      throw new IOException("another process server in this process uses " + root, sameProcess);
    }
    throw new IOException("another process server uses " + root);
  }

  private static UUID owner(Path root) throws IOException {
    Path file = root.resolve("owner");
    if (!Files.exists(file)) {
      Path made = root.resolve("owner.new");
      Files.writeString(made, UUID.randomUUID() + "\n", StandardCharsets.US_ASCII);
      try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(made, file);
      Directories.sync(root);
    }
    if (Files.size(file) > OWNER_BYTES) {
      throw new IOException(file + " holds no owner id");
    }
    try {
      return UUID.fromString(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no owner id", e);
    }
  }

  /** Who this process server is in the heads of the vault. */
  public UUID owner() {
    return owner;
  }

  /** Bytes that may still be written. */
  public long freeBytes() throws IOException {
    return store.getUsableSpace();
  }

  /** Bytes of the file system. */
  public long totalBytes() throws IOException {
    return store.getTotalSpace();
  }

  KeptBudget kept() {
    return kept;
  }

  VolumeKey key() {
    return key;
  }

  Path machineDirectory(UUID machine) {
    return directory.resolve(machine.toString());
  }

  /** The machines that have a directory here. */
  public Set<UUID> machines() throws IOException {
    Set<UUID> found = new java.util.TreeSet<>();
    try (var entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
      for (Path entry : entries) {
        try {
          found.add(UUID.fromString(entry.getFileName().toString()));
        } catch (IllegalArgumentException ignored) {
          // lost+found and the like
        }
      }
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
