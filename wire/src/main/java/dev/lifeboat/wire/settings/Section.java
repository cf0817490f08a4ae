package dev.lifeboat.wire.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of a configuration file. Collects problems instead of stopping at the first, and
 * names keys that nobody asked for. Where a value is wrong, the default is returned and the problem
 * noted.
 */
public final class Section {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*(KiB|MiB|GiB)?");
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(ms|s|m)");

  private static final int MOST_ITEMS = 1024;

  /** Nobody waits longer, and nanoseconds are counted in 64 bits. */
  private static final Duration LONGEST = Duration.ofDays(365);

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

  /** The mapping under a key; empty if there is none. */
  public Section section(String key) {
    known.add(key);
    return new Section(
        full(key), node.isObject() ? node.path(key) : MissingNode.getInstance(), base, problems);
  }

  /** The mappings of a list. */
  public List<Section> sections(String key) {
    List<Section> all = new ArrayList<>();
    for (JsonNode item : list(key)) {
      all.add(new Section(full(key) + "[" + all.size() + "]", item, base, problems));
    }
    return all;
  }

  /** The texts of a list. */
  public List<String> texts(String key) {
    List<String> all = new ArrayList<>();
    for (JsonNode item : list(key)) {
      if (!item.isValueNode() || all.size() >= MOST_ITEMS) {
        problem(key, "must be a list of at most " + MOST_ITEMS + " single values");
        return all;
      }
      all.add(item.asText().strip());
    }
    return all;
  }

  private JsonNode list(String key) {
    known.add(key);
    JsonNode list = node.path(key);
    if (!list.isMissingNode() && !list.isArray()) {
      problem(key, "must be a list");
      return MissingNode.getInstance();
    }
    return list;
  }

  /** Whether the key stands there. */
  public boolean has(String key) {
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

  /** A text that must be there; empty if it is not. */
  public String required(String key) {
    return value(key)
        .filter(text -> !text.isEmpty())
        .orElseGet(() -> {
          problems.add(full(key) + " is missing");
          return "";
        });
  }

  /** A text. */
  public String text(String key, String otherwise) {
    return value(key).orElse(otherwise);
  }

  /** A path that must be there. */
  public Path path(String key) {
    return path(key, required(key));
  }

  private Path path(String key, String text) {
    try {
      return base.resolve(text).normalize();
    } catch (InvalidPathException e) {
      problem(key, "must be a path");
      return base;
    }
  }

  /** A path. */
  public Optional<Path> optionalPath(String key) {
    return value(key).map(text -> path(key, text));
  }

  /** A number within bounds. */
  public int integer(String key, int otherwise, int least, int most) {
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

  /** A size such as {@code 64MiB}, within bounds. */
  public long bytes(String key, long otherwise, long least, long most) {
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
    long bytes = Long.parseLong(size.group(1)) << shift;
    if (bytes < least || bytes > most) {
      problems.add(
          full(key) + " must be between " + (least >> 20) + "MiB and " + (most >> 20) + "MiB");
      return otherwise;
    }
    return bytes;
  }

  /** A time such as {@code 500ms}, {@code 30s} or {@code 2m}. */
  public Duration time(String key, Duration otherwise, Duration least) {
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
    if (duration.compareTo(LONGEST) > 0) {
      problems.add(full(key) + " must be " + LONGEST.toMinutes() + "m at most");
      return otherwise;
    }
    if (duration.compareTo(least) < 0) {
      problems.add(full(key) + " must be " + least.toMillis() + "ms at least");
      return otherwise;
    }
    return duration;
  }

  /** Notes a problem if a key stands there that has no meaning beside others, and says why. */
  public void refuse(String key, String why) {
    known.add(key);
    if (has(key)) {
      problem(key, why);
    }
  }

  /** Notes a problem with a key's value. */
  public void problem(String key, String what) {
    problems.add(full(key) + " " + what);
  }

  /** Call it when everything was asked for. */
  public void end() {
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
