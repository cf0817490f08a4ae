package dev.lifeboat.agent.capture;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Addresses of the kernel's variables, as far as it shows them; 0 for the others. */
record KernelSymbols(List<Long> addresses) {
  static final Path FILE = Path.of("/proc/kallsyms");

  static KernelSymbols read(Path file, String... names) throws IOException {
    Long[] found = new Long[names.length];
    Arrays.fill(found, 0L);
    String[] endings = Arrays.stream(names).map(name -> " " + name).toArray(String[]::new);
    if (Files.isReadable(file)) {
      // "ADDRESS TYPE NAME", two hundred thousand lines: read at every start.
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          for (int i = 0; i < names.length; i++) {
            if (line.endsWith(endings[i])) {
              found[i] = Long.parseUnsignedLong(line.substring(0, line.indexOf(' ')), 16);
            }
          }
        }
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
