package dev.lifeboat.agent.hardware;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Small text files that say one thing each, as sysfs has them. */
final class Attributes {
  /** One page: sysfs hands out no more, and firmware may put anything there. */
  private static final int MOST = 4096;

  private Attributes() {}

  /** The trimmed text; empty if there is no such file or nothing in it. */
  static Optional<String> read(Path file) {
    try {
      return text(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // "Not permitted" must not pass for "no such hardware": the machine would look like another.
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** As {@link #read}, for attributes whose driver answers with an error that it has no value. */
  static Optional<String> readIfAny(Path file) {
    try {
      return text(file);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static List<String> lines(Path file) {
    return read(file).stream()
        .flatMap(String::lines)
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .sorted()
        .toList();
  }

  static Optional<UUID> bootId(Path file) {
    return read(file).map(UUID::fromString);
  }

  private static Optional<String> text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      // Some vendors put bytes there that are no text: every byte is a character.
      String text = new String(in.readNBytes(MOST), StandardCharsets.ISO_8859_1);
      return Optional.of(text.replace('\0', ' ').strip()).filter(content -> !content.isEmpty());
    }
  }
}
