package dev.lifeboat.agent.hardware;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What an SMBIOS system UUID tells. Firmware disagrees on the byte order of its first three fields,
 * and a virtual-hardware upgrade swaps it; so of both readings the lesser one stands for both.
 */
final class SmbiosUuid {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** A digit pair over and over: zero, all F, and others that nobody drew. */
  private static final Pattern ONE_BYTE = Pattern.compile("([0-9a-f]{2})\\1{15}");

  /** Left by vendors who did not fill it in; each stands for its other byte order too. */
  private static final Set<String> DEFAULTS =
      Set.of(
          "03000200-0400-0500-0006-000700080009",
          "12345678-1234-5678-90ab-cddeefaabbcc",
          "12345678-1234-1234-1234-123456789abc",
          "12345678-1234-5678-1234-567812345678",
          "01020304-0506-0708-090a-0b0c0d0e0f10",
          "00010203-0405-0607-0809-0a0b0c0d0e0f",
          "00112233-4455-6677-8899-aabbccddeeff",
          "11111111-2222-3333-4444-555555555555",
          // Dell without a service tag.
          "4c4c4544-0000-2010-8020-80c04f202020",
          "4c4c4544-0020-2010-8020-a0c04f202020");

  private SmbiosUuid() {}

  /** The one form of both byte orders; empty if the text identifies nothing. */
  static Optional<String> canonical(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (!FORM.matcher(lower).matches() || ONE_BYTE.matcher(lower.replace("-", "")).matches()) {
      return Optional.empty();
    }
    String swapped = swapped(lower);
    if (DEFAULTS.contains(lower) || DEFAULTS.contains(swapped)) {
      return Optional.empty();
    }
    return Optional.of(lower.compareTo(swapped) <= 0 ? lower : swapped);
  }

  private static String swapped(String text) {
    UUID uuid = UUID.fromString(text);
    long high = uuid.getMostSignificantBits();
    long first = Integer.reverseBytes((int) (high >>> 32)) & 0xFFFFFFFFL;
    long second = Short.reverseBytes((short) (high >>> 16)) & 0xFFFFL;
    long third = Short.reverseBytes((short) high) & 0xFFFFL;
    return new UUID(first << 32 | second << 16 | third, uuid.getLeastSignificantBits()).toString();
  }
}
