package dev.lifeboat.testbed.azure;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of IPv4 addresses; {@code first} is its address in the order of numbers. */
record Cidr(long first, int bits) {
  private static final Pattern FORM = Pattern.compile("([0-9.]+)/([0-9]{1,2})");

  /** Addresses at a subnet's start that Azure keeps: network, gateway, and two for names. */
  private static final int RESERVED_FIRST = 4;

  static Optional<Cidr> parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches() || Integer.parseInt(m.group(2)) > 32) {
      return Optional.empty();
    }
    int bits = Integer.parseInt(m.group(2));
    return number(m.group(1)).map(n -> new Cidr(n, bits)).filter(c -> c.first % c.size() == 0);
  }

  /** Reads an address. */
  static Optional<Long> number(String address) {
    String[] parts = address.split("\\.", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    long number = 0;
    for (String part : parts) {
      if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
        return Optional.empty();
      }
      number = number << 8 | Integer.parseInt(part);
    }
    return Optional.of(number);
  }

  static String text(long number) {
    return "%d.%d.%d.%d"
        .formatted(number >> 24 & 255, number >> 16 & 255, number >> 8 & 255, number & 255);
  }

  long size() {
    return 1L << (32 - bits);
  }

  boolean contains(long number) {
    return number >= first && number < first + size();
  }

  boolean contains(Cidr other) {
    return contains(other.first) && contains(other.first + other.size() - 1);
  }

  boolean overlaps(Cidr other) {
    return contains(other.first) || other.contains(first);
  }

  /** Whether Azure keeps this address of the subnet for itself. */
  boolean reserved(long number) {
    return number < first + RESERVED_FIRST || number == first + size() - 1;
  }

  /** The address at which the subnet's machines find their gateway. */
  long gateway() {
    return first + 1;
  }

  @Override
  public String toString() {
    return text(first) + "/" + bits;
  }
}
