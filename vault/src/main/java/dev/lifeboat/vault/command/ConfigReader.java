package dev.lifeboat.vault.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads fields of a YAML or JSON file and gathers what is wrong with them. Not thread-safe. */
final class ConfigReader {

  private static final long LIMIT = 1 << 20;

  private final Path file;
  private final JsonNode root;
  private final List<String> problems = new ArrayList<>();

  private ConfigReader(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  static ConfigReader open(Path file) throws ConfigException {
    try {
      if (Files.size(file) > LIMIT) {
        throw problem(file + ": too long for a configuration file");
      }
      JsonNode root = new YAMLMapper().readTree(Files.readAllBytes(file));
      if (root == null || !root.isObject()) {
        throw problem(file + ": not a configuration: fields are expected");
      }
      return new ConfigReader(file, root);
    } catch (NoSuchFileException e) {
      throw problem("the configuration file " + file + " does not exist; name it by --config");
    } catch (JsonProcessingException e) {
      throw problem(
          file
              + ": neither YAML nor JSON, see line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()));
    } catch (ConfigException e) {
      throw e;
    } catch (IOException e) {
      throw problem(file + " cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static ConfigException problem(String what) {
    return new ConfigException(List.of(what));
  }

  /** A parser of a field's text. */
  interface Parser<T> {
    T parse(String text);
  }

  <T> Optional<T> optional(String field, Parser<T> parser) {
    JsonNode node = root.at("/" + field.replace('.', '/'));
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isValueNode()) {
      wrong(field, "must be a plain value");
      return Optional.empty();
    }
    try {
      return Optional.of(parser.parse(node.asText()));
    } catch (IllegalArgumentException e) {
      wrong(field, e.getMessage());
      return Optional.empty();
    }
  }

  <T> T required(String field, T otherwise, Parser<T> parser) {
    Optional<T> value = optional(field, parser);
    if (root.at("/" + field.replace('.', '/')).isMissingNode()) {
      wrong(field, "is missing");
    }
    return value.orElse(otherwise);
  }

  boolean has(String field) {
    return !root.at("/" + field.replace('.', '/')).isMissingNode();
  }

  /** Names fields that are not known: a slip of the pen must not pass as a default. */
  void onlyKnown(String parent, Set<String> known) {
    JsonNode node = parent.isEmpty() ? root : root.at("/" + parent.replace('.', '/'));
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!known.contains(name)) {
            wrong(
                parent.isEmpty() ? name : parent + "." + name,
                "is not known; known are " + known.stream().sorted().toList());
          }
        });
  }

  void wrong(String field, String what) {
    problems.add(file + ": " + field + " " + what);
  }

  void check() throws ConfigException {
    if (!problems.isEmpty()) {
      throw new ConfigException(problems.stream().distinct().toList());
    }
  }
}
