package dev.lifeboat.wire.journal;

import java.nio.file.OpenOption;
import java.util.Arrays;

/**
 * O_DIRECT for {@link java.nio.channels.FileChannel}. The JDK's constant is looked up by name: its
 * package is supported, but the compiler warns of it in a way that cannot be answered.
 */
public final class DirectIo {
  /** Opens a file past the page cache: buffers, offsets and lengths are whole blocks. */
  public static final OpenOption DIRECT = find();

  private DirectIo() {}

  private static OpenOption find() {
    try {
      Object[] options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
      return Arrays.stream(options)
          .map(OpenOption.class::cast)
          .filter(option -> option.toString().equals("DIRECT"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("this Java runtime has no O_DIRECT"));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this Java runtime lacks the module jdk.unsupported", e);
    }
  }
}
