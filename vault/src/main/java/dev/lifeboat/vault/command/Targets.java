package dev.lifeboat.vault.command;

import dev.lifeboat.vault.hydrate.DeviceTarget;
import dev.lifeboat.vault.hydrate.DiskTarget;
import dev.lifeboat.vault.hydrate.FileTarget;
import dev.lifeboat.vault.hydrate.PageBlobTarget;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The target that the command line names. */
record Targets(Kind kind, Path path, Optional<URI> url, FileTarget.Existing existing) {

  enum Kind {
    RAW,
    DEVICE,
    VHD,
    BLOB
  }

  private static final long URL_LIMIT = 64 << 10;

  static Targets parse(String to, int disk, Path scratch, boolean resume, boolean force)
      throws IOException {
    FileTarget.Existing existing =
        resume
            ? FileTarget.Existing.RESUME
            : force ? FileTarget.Existing.REPLACE : FileTarget.Existing.REFUSE;
    if (to.startsWith("blob:")) {
      Path partial = scratch.resolve("disk-" + disk + ".vhd.partial");
      return new Targets(
          Kind.BLOB, partial, Optional.of(url(to.substring("blob:".length()))), existing);
    }
    if (to.startsWith("vhd:")) {
      return new Targets(
          Kind.VHD, Path.of(to.substring("vhd:".length())), Optional.empty(), existing);
    }
    Path path = Path.of(to);
    if (Files.isDirectory(path)) {
      throw new ConfigException(List.of(path + " is a folder; name a file or a block device"));
    }
    return new Targets(
        DeviceTarget.isDevice(path) ? Kind.DEVICE : Kind.RAW, path, Optional.empty(), existing);
  }

  private static URI url(String text) throws IOException {
    String url = text;
    if (text.startsWith("@")) {
      Path file = Path.of(text.substring(1));
      if (!Files.isReadable(file) || Files.size(file) > URL_LIMIT) {
        throw new ConfigException(List.of(file + " does not hold a URL that can be read"));
      }
      url = Files.readString(file).strip();
    }
    int query = url.indexOf('?');
    if (!url.startsWith("https://") || query < 0) {
      throw new ConfigException(
          List.of("blob: needs an https:// URL with its signature behind a question mark"));
    }
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      // Not the cause: its message would print the signature.
      throw new ConfigException(
          List.of("this is no URL: " + url.substring(0, query) + "?(signature)"));
    }
  }

  /** Where progress is kept: beside what is written, or for a device in the working folder. */
  Path progressFile() {
    Path name = path.getFileName();
    return kind == Kind.DEVICE
        ? Path.of("hydrate-" + name + ".progress")
        : path.resolveSibling(name + ".progress");
  }

  DiskTarget open(VaultConfig settings, long size) throws IOException {
    return switch (kind) {
      case RAW -> FileTarget.raw(path, size, existing);
      case VHD -> FileTarget.vhd(path, size, existing);
      case DEVICE -> DeviceTarget.open(path, size);
      case BLOB ->
          new PageBlobTarget(
              path, size, existing, Common.blobs(settings).pageBlob(url.orElseThrow()));
    };
  }

  void cleanUp() throws IOException {
    if (kind == Kind.BLOB) {
      Files.deleteIfExists(path);
    }
  }

  @Override
  public String toString() {
    return kind + " " + path;
  }
}
