package dev.lifeboat.operator;

import dev.lifeboat.operator.azure.AzureClouds;
import dev.lifeboat.operator.secret.KubernetesSecrets;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.operator.vaults.SecretVaults;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** {@code lifeboat-operator}: runs until SIGTERM. 0 stopped, 1 failed, 2 wrong configuration. */
public final class Main {

  private Main() {}

  /** Runs the program; the configuration is in the environment. */
  public static void main(String[] args) {
    int status;
    try {
      status = run(OperatorSettings.read(System.getenv()));
    } catch (IllegalArgumentException e) {
      System.err.println("lifeboat-operator: " + e.getMessage());
      status = 2;
    }
    Runtime.getRuntime().halt(status);
  }

  private static int run(OperatorSettings settings) {
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  ended.countDown();
                  await(closed);
                },
                "stop"));
    try (KubernetesClient client = new KubernetesClientBuilder().build();
        OperatorProgram _ =
            OperatorProgram.start(
                settings,
                client,
                new OperatorProgram.World(
                    new SecretVaults(new KubernetesSecrets(client), settings.scratch()),
                    new AzureClouds(settings.azure(), new KubernetesSecrets(client)),
                    Clock.systemUTC(),
                    () -> Runtime.getRuntime().halt(1)))) {
      await(ended);
      return 0;
    } catch (Exception e) {
      LoggerFactory.getLogger(Main.class).error("the operator has failed", e);
      return 1;
    } finally {
      closed.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
