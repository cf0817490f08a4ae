package dev.lifeboat.testbed;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A process server as its own program. */
final class ProcessServer implements AutoCloseable {

  private final InetSocketAddress listen;
  private final int metricsPort;
  private final Path cache;
  private final Program program;

  ProcessServer(
      Path folder,
      String name,
      InetSocketAddress listen,
      int metricsPort,
      Path cache,
      String azureYaml,
      String recoveryKey)
      throws IOException {
    this.listen = listen;
    this.metricsPort = metricsPort;
    this.cache = cache;
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        """
        identity: %s
        listen: {address: %s, port: %d}
        metrics: {port: %d}
        cache: {directory: %s, volumeKey: %s}
        recoveryKeyFile: %s
        """
                .formatted(
                    folder.resolve(name),
                    listen.getAddress().getHostAddress(),
                    listen.getPort(),
                    metricsPort,
                    cache,
                    folder.resolve(name + "-volume.key"),
                    recoveryKey)
            + azureYaml);
    program =
        new Program(
            folder.resolve(name + ".log"),
            "lifeboat-replicator",
            "process-server",
            "--config",
            config.toString());
  }

  /** Starts it and waits until it takes machines. */
  ProcessServer start() {
    program.start();
    await("process server ready")
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          if (!program.running()) {
            throw new AssertionError("the process server ended: " + program.output());
          }
          return get("/ready").startsWith("200");
        });
    return this;
  }

  /** Status and body of one of its pages. */
  String get(String page) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + page))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      return "- " + e;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  int port() {
    return listen.getPort();
  }

  /** Where machines find it, as an agent's configuration says it. */
  String address() {
    return listen.getAddress().getHostAddress() + ":" + listen.getPort();
  }

  Path cache() {
    return cache;
  }

  Program program() {
    return program;
  }

  @Override
  public void close() {
    program.close();
  }
}
