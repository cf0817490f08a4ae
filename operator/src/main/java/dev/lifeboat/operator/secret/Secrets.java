package dev.lifeboat.operator.secret;

import java.util.Map;
import java.util.Optional;

/** Where Secrets that objects name are read from. Thread-safe. */
@FunctionalInterface
public interface Secrets {

  /** A Secret's keys and texts, without blanks around them; empty where there is none. */
  Optional<Map<String, String>> find(String namespace, String name);
}
