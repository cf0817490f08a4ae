package dev.lifeboat.agent.settings;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.agent.kernel.DirectoryLock;
import dev.lifeboat.agent.kernel.HeldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Small JSON files that outlive the agent. A write is whole or did not happen: a new file, synced,
 * renamed over the old one, and the directory synced. Thread-safe as far as each name has one
 * writer.
 */
public final class StateDirectory {
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private static final String CONTROL = "control";

  /** Bytes of a Unix domain socket's path that Java takes: the kernel's 108 less two. */
  private static final int LONGEST_SOCKET = 106;

  /** Bytes that the path of a state directory may have. */
  static final int LONGEST = LONGEST_SOCKET - 1 - CONTROL.length();

  private final Path directory;

  private StateDirectory(Path directory) {
    this.directory = directory;
  }

  /** Opens the directory, readable by its owner alone; makes it if it is missing. */
  public static StateDirectory open(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new StateDirectory(directory);
  }

  /** Where the agent that runs with a state directory is to be asked. */
  public static Path control(Path stateDirectory) {
    return stateDirectory.resolve(CONTROL);
  }

  /**
   * Takes the directory for one process; it must exist.
   *
   * @throws HeldException if another process has it
   */
  public static DirectoryLock lock(Path stateDirectory) throws IOException {
    return DirectoryLock.take(
        stateDirectory,
        "another agent runs with stateDirectory "
            + stateDirectory
            + ": stop it first, or give this one a stateDirectory of its own");
  }

  /** The path of a name in it. */
  public Path resolve(String name) {
    return directory.resolve(name);
  }

  /** What was written last under the name; a damaged file is an error, not an absence. */
  public <T> Optional<T> read(String name, Class<T> type) {
    Path file = resolve(name);
    try {
      T value = JSON.readValue(Files.readAllBytes(file), type);
      if (value == null) {
        throw damaged(file, new IOException("it says null"));
      }
      return Optional.of(value);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets what stands under the name; whether anything did. */
  public boolean forget(String name) {
    try {
      return Files.deleteIfExists(resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + resolve(name), e);
    }
  }

  private static UncheckedIOException damaged(Path file, IOException cause) {
    return new UncheckedIOException(
        file + " is damaged: move it away to start anew (the machine then converges)", cause);
  }

  /** Replaces what stands under the name; it is on the disk when this returns. */
  public void write(String name, Object value) {
    Path fresh = resolve(name + ".new");
    try {
      byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(
          fresh,
          resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + resolve(name), e);
    }
  }
}
