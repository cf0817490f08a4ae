package dev.lifeboat.operator.agents;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What is pasted into a machine, and what that runs there. */
final class InstallScript {

  /** The script; the authority was checked before it comes. */
  static final String TEXT = read();

  private InstallScript() {}

  private static String read() {
    try (InputStream in = InstallScript.class.getResourceAsStream("install.sh")) {
      return new String(
          Objects.requireNonNull(in, "install.sh").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("install.sh cannot be read from the program", e);
    }
  }

  /**
   * The one line that a person pastes as root. It believes nothing of the connection: the authority
   * must have the hash that stands in the line, and the script must come from that authority. The
   * token is in no program's arguments, which every user of the machine could read.
   */
  static String command(String endpoint, String token, String caSha256) {
    return "d=$(mktemp -d /var/tmp/lifeboat.XXXXXX) && curl -sSk -o $d/ca.crt https://%1$s/v1/ca.crt && echo \"%3$s  $d/ca.crt\" | sha256sum -c --quiet && curl -fsS --cacert $d/ca.crt -o $d/install.sh https://%1$s/v1/install.sh && LIFEBOAT_TOKEN=%2$s sh $d/install.sh --endpoint %1$s --ca-sha256 %3$s"
        .formatted(endpoint, token, caSha256);
  }
}
