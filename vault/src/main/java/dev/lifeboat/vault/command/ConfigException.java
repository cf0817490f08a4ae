package dev.lifeboat.vault.command;

import java.io.IOException;
import java.util.List;

/** A configuration that cannot be used: every problem, in a sentence each. */
public final class ConfigException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
