package dev.lifeboat.vault.point;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names a recovery point: {@code lineage/epoch/sequence}. */
public record PointId(UUID lineage, long epoch, long sequence) {

  private static final Pattern TEXT =
      Pattern.compile("([0-9a-fA-F-]{36})/([0-9]{1,18})/([0-9]{1,18})");

  public static Optional<PointId> parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PointId(
              UUID.fromString(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return lineage + "/" + epoch + "/" + sequence;
  }
}
