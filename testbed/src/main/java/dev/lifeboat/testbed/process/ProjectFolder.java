package dev.lifeboat.testbed.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the checkout that a program of the testbed runs in: its scripts are files there. */
public final class ProjectFolder {

  private ProjectFolder() {}

  /**
   * The root of the checkout: the working directory or the nearest folder above it.
   *
   * @throws IOException if the working directory is in no checkout
   */
  public static Path root() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    for (Path folder = here; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("testbed/kubernetes/go.mod"))) {
        return folder;
      }
    }
    throw new IOException(here + " is in no checkout of Lifeboat: the testbed runs in one.");
  }
}
