package dev.lifeboat.agent.hardware;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells serials from what vendors and hypervisors write where they have none. */
final class Serials {
  private static final Set<String> DEFAULTS =
      Set.of(
          "none",
          "n/a",
          "na",
          "null",
          "empty",
          "invalid",
          "unknown",
          "default",
          "default string",
          "not specified",
          "not applicable",
          "not available",
          "not present",
          "not provided",
          "to be filled by o.e.m.",
          "to be filled by oem",
          "o.e.m.",
          "oem",
          "serial",
          "serial number",
          "serialnumber",
          "system serial number",
          "base board serial number",
          "board serial number",
          "chassis serial number",
          "mb-1234567890",
          "0123456789",
          "1234567890",
          "123456789",
          "12345678",
          "01234567890123456789",
          "0123456789abcdef");

  /** One character over and over (zeros, dots, X), perhaps with blanks between. */
  private static final Pattern ONE_CHARACTER = Pattern.compile("(\\S)(\\s*\\1)*");

  /** Counted by the hypervisor within a machine: every machine's first disk has the same. */
  private static final Pattern COUNTED =
      Pattern.compile(".*\\bqm\\d{5}|.*\\bdrive-[a-z]+\\d+(-\\d+)*|vb0+-0+");

  private Serials() {}

  /** The serial without differences that do not count; empty if it identifies nothing. */
  static Optional<String> canonical(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    boolean nothing =
        lower.isEmpty()
            || DEFAULTS.contains(lower)
            || ONE_CHARACTER.matcher(lower).matches()
            || COUNTED.matcher(lower).matches();
    return nothing ? Optional.empty() : Optional.of(lower);
  }
}
