package dev.lifeboat.replicator.processserver.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of the file. Collects problems instead of stopping at the first, and names keys that
 * nobody asked for.
 */
final class Section {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(KiB|MiB|GiB)?");
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(ms|s|m)");

  private final String name;
  private final JsonNode node;
  private final Path base;
  private final List<String> problems;
  private final Set<String> known = new HashSet<>();

  Section(String name, JsonNode node, Path base, List<String> problems) {
    this.name = name;
    this.node = node;
    this.base = base;
    this.problems = problems;
    if (!node.isMissingNode() && !node.isObject()) {
      problems.add((name.isEmpty() ? "the file" : name) + " must hold keys and values");
    }
  }

  Section section(String key) {
    known.add(key);
    return new Section(
        full(key), node.isObject() ? node.path(key) : MissingNode.getInstance(), base, problems);
  }

  boolean has(String key) {
    return node.has(key);
  }

  private String full(String key) {
    return name.isEmpty() ? key : name + "." + key;
  }

  private Optional<String> value(String key) {
    known.add(key);
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isValueNode()) {
      problems.add(full(key) + " must be a single value");
      return Optional.empty();
    }
    return Optional.of(value.asText().strip());
  }

  String required(String key) {
    return value(key)
        .filter(text -> !text.isEmpty())
        .orElseGet(() -> {
          problems.add(full(key) + " is missing");
          return "";
        });
  }

  String text(String key, String otherwise) {
    return value(key).orElse(otherwise);
  }

  Path path(String key) {
    return base.resolve(required(key)).normalize();
  }

  Optional<Path> optionalPath(String key) {
    return value(key).map(text -> base.resolve(text).normalize());
  }

  int integer(String key, int otherwise, int least, int most) {
    Optional<String> text = value(key);
    try {
      int number = text.map(Integer::parseInt).orElse(otherwise);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      problems.add(full(key) + " must be a number");
      return otherwise;
    }
    problems.add(full(key) + " must be between " + least + " and " + most);
    return otherwise;
  }

  long bytes(String key, long otherwise, long least, long most) {
    Optional<String> text = value(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    Matcher size = SIZE.matcher(text.get());
    if (!size.matches()) {
      problems.add(full(key) + " must be a size such as 64MiB");
      return otherwise;
    }
    int shift =
        switch (size.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case null, default -> 0;
        };
    long bytes = Math.multiplyExact(Long.parseLong(size.group(1)), 1L << shift);
    if (bytes < least || bytes > most) {
      problems.add(
          full(key) + " must be between " + (least >> 20) + "MiB and " + (most >> 20) + "MiB");
      return otherwise;
    }
    return bytes;
  }

  Duration time(String key, Duration otherwise, Duration least) {
    Optional<String> text = value(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    Matcher time = TIME.matcher(text.get());
    if (!time.matches()) {
      problems.add(full(key) + " must be a time such as 500ms, 30s or 2m");
      return otherwise;
    }
    long number = Long.parseLong(time.group(1));
    Duration duration =
        switch (time.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofSeconds(number);
        };
    if (duration.compareTo(least) < 0) {
      problems.add(full(key) + " must be " + least.toMillis() + "ms at least");
      return otherwise;
    }
    return duration;
  }

  void problem(String key, String what) {
    problems.add(full(key) + " " + what);
  }

  /** Call it when everything was asked for. */
  void end() {
    node.fieldNames()
        .forEachRemaining(key -> {
          if (!known.contains(key)) {
            problems.add(
                full(key)
                    + " is not known; known here: "
                    + String.join(", ", known.stream().sorted().toList()));
          }
        });
  }
}
