package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real kubectl against one cluster. Thread-safe. */
public final class Kubectl {

  private final Path kubeconfig;
  private final Path program;

  /**
   * For a kubeconfig: the kubectl that was built with the testbed's Kubernetes, else the PATH's.
   */
  public Kubectl(Path kubeconfig) throws IOException {
    this.kubeconfig = kubeconfig;
    program = find();
  }

  private static Path find() throws IOException {
    try {
      return KubernetesPrograms.find().folder().resolve("kubectl");
    } catch (IOException e) {
      return Command.find("kubectl").orElseThrow(() -> e);
    }
  }

  /** The program's file. */
  public Path program() {
    return program;
  }

  /** Runs it and returns what it printed; an error holds that too. */
  public String run(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(program.toString(), "--kubeconfig=" + kubeconfig));
    command.addAll(List.of(arguments));
    return Command.run(command);
  }

  /** {@code kubectl apply} of a manifest. */
  public String apply(String manifest) throws IOException {
    Path file = Files.createTempFile("manifest", ".yaml");
    try {
      Files.writeString(file, manifest, StandardCharsets.UTF_8);
      return run("apply", "--filename=" + file);
    } finally {
      Files.delete(file);
    }
  }
}
