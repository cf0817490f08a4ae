package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Addresses of the kernel's variables, as far as it shows them; 0 for the others. */
record KernelSymbols(List<Long> addresses) {
  static final Path FILE = Path.of("/proc/kallsyms");

  static KernelSymbols read(Path file, String... names) throws IOException {
    Long[] found = new Long[names.length];
    Arrays.fill(found, 0L);
    if (Files.isReadable(file)) {
      try (Stream<String> lines = Files.lines(file)) {
        lines.forEach(line -> {
          for (int i = 0; i < names.length; i++) {
            if (line.endsWith(" " + names[i])) {
              found[i] = Long.parseUnsignedLong(line.substring(0, line.indexOf(' ')), 16);
            }
          }
        });
      }
    }
    return new KernelSymbols(List.of(found));
  }

  boolean complete() {
    return !addresses.contains(0L);
  }

  long address(int index) {
    return addresses.get(index);
  }
}
