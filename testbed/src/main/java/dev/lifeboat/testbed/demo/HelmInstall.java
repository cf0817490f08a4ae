package dev.lifeboat.testbed.demo;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code helm install}, in a process of its own: once Helm's native library has worked in a JVM,
 * that one does not hear SIGTERM any more.
 */
final class HelmInstall {

  private HelmInstall() {}

  /** Installs the chart as release {@code lifeboat} of namespace {@code default}. */
  static void run(Path chart, Path kubeconfig, Map<String, String> values) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                HelmInstall.class.getName(),
                chart.toString(),
                kubeconfig.toString()));
    values.forEach((key, value) -> command.add(key + "=" + value));
    Command.run(command);
  }

  /** Arguments: the chart, the kubeconfig, values as {@code key=value}. */
  public static void main(String[] arguments) {
    InstallCommand install =
        new Helm(Path.of(arguments[0]))
            .install()
            .withKubeConfig(Path.of(arguments[1]))
            .withName("lifeboat")
            .withNamespace("default");
    for (String value : List.of(arguments).subList(2, arguments.length)) {
      int equals = value.indexOf('=');
      install.set(value.substring(0, equals), value.substring(equals + 1));
    }
    var _ = install.call();
  }
}
