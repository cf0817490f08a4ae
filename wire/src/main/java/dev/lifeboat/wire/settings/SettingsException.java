package dev.lifeboat.wire.settings;

import java.util.List;

/** A configuration that cannot be used; its message lists every problem, one a line. */
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong, each with its key. */
  public SettingsException(String file, List<String> problems) {
    super(file + ":\n  " + String.join("\n  ", problems));
  }
}
