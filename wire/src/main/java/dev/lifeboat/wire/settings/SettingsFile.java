package dev.lifeboat.wire.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A configuration file that is being read. Relative paths in it count from its directory. */
public final class SettingsFile {
  private static final long LIMIT = 1 << 20;

  private final Path file;
  private final Section top;
  private final List<String> problems = new ArrayList<>();

  private SettingsFile(Path file, JsonNode tree) {
    this.file = file;
    this.top = new Section("", tree, file.toAbsolutePath().getParent(), problems);
  }

  /** Reads the file; what is in it is asked of {@link #top}. */
  public static SettingsFile open(Path file) throws SettingsException {
    try {
      if (Files.isDirectory(file)) {
        throw problem(file, "is not a file; name the configuration file by --config");
      }
      if (Files.size(file) > LIMIT) {
        throw problem(file, "is larger than a configuration ever is");
      }
      YAMLFactory yaml =
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
      return new SettingsFile(file, new YAMLMapper(yaml).readTree(Files.readString(file)));
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : ", see line " + e.getLocation().getLineNr();
      throw problem(file, "is not valid YAML" + where);
    } catch (NoSuchFileException e) {
      throw problem(file, "does not exist; name the configuration file by --config");
    } catch (AccessDeniedException e) {
      throw problem(file, "may not be read; run as root, or as the file's owner");
    } catch (CharacterCodingException e) {
      throw problem(file, "is not UTF-8 text");
    } catch (IOException e) {
      throw problem(file, "cannot be read: " + e.getMessage());
    }
  }

  private static SettingsException problem(Path file, String what) {
    return new SettingsException(file.toString(), List.of(what));
  }

  /** The whole file as a section. */
  public Section top() {
    return top;
  }

  /** Call it when everything was asked for: throws if anything was wrong. */
  public void check() throws SettingsException {
    top.end();
    if (!problems.isEmpty()) {
      throw new SettingsException(file.toString(), problems.stream().distinct().toList());
    }
  }
}
