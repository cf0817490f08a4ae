package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The compiled Kubernetes in the cache outside the tree, checked to be whole.
 *
 * @param folder where the binaries are, by the components' names
 * @param scripts where {@code supervise} and its companions are
 */
record KubernetesPrograms(Path folder, Path scripts) {

  /**
   * Finds it; does not compile, for that takes many minutes.
   *
   * @throws IOException if it is not there or broken, with what to run
   */
  static KubernetesPrograms find() throws IOException {
    Path scripts = ProjectFolder.root().resolve("testbed/kubernetes");
    Command.Result found =
        Command.attempt(
            List.of(scripts.resolve("build").toString(), "--check"), Duration.ofMinutes(1));
    if (found.exitCode() != 0) {
      throw new IOException(found.output().strip());
    }
    return new KubernetesPrograms(Path.of(found.output().strip()), scripts);
  }
}
