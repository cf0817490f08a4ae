package dev.lifeboat.operator.azure;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The smallest general-purpose size that has a machine's cores and memory, and room for its data
 * disks. Pure.
 */
final class VmSizes {

  private record Size(String name, int cores, long memoryMiB, int dataDisks) {}

  /** In the order of their prices, for equal cores. */
  private static final List<Size> SIZES =
      List.of(
          new Size("Standard_D2s_v5", 2, 8L << 10, 4),
          new Size("Standard_E2s_v5", 2, 16L << 10, 4),
          new Size("Standard_D4s_v5", 4, 16L << 10, 8),
          new Size("Standard_E4s_v5", 4, 32L << 10, 8),
          new Size("Standard_D8s_v5", 8, 32L << 10, 16),
          new Size("Standard_E8s_v5", 8, 64L << 10, 16),
          new Size("Standard_D16s_v5", 16, 64L << 10, 32),
          new Size("Standard_E16s_v5", 16, 128L << 10, 32),
          new Size("Standard_D32s_v5", 32, 128L << 10, 32),
          new Size("Standard_E32s_v5", 32, 256L << 10, 32),
          new Size("Standard_D48s_v5", 48, 192L << 10, 32),
          new Size("Standard_D64s_v5", 64, 256L << 10, 32),
          new Size("Standard_E64s_v5", 64, 512L << 10, 32));

  private static final Pattern FAMILY = Pattern.compile("standard_([de])[0-9]+s_v([0-9]+)");

  private VmSizes() {}

  /** The family whose cores a size counts against, in lower case; empty if it is not known here. */
  static Optional<String> family(String size) {
    Matcher match = FAMILY.matcher(size.toLowerCase(Locale.ROOT));
    return match.matches()
        ? Optional.of("standard" + match.group(1) + "sv" + match.group(2) + "family")
        : Optional.empty();
  }

  /** The largest where none is large enough. */
  static String of(int cores, long memoryMiB, int dataDisks) {
    return SIZES.stream()
        .filter(size ->
            size.cores() >= cores && size.memoryMiB() >= memoryMiB && size.dataDisks() >= dataDisks)
        .findFirst()
        .orElse(SIZES.getLast())
        .name();
  }
}
