package dev.lifeboat.replicator;

import dev.lifeboat.replicator.processserver.ProcessServer;
import dev.lifeboat.replicator.processserver.settings.ProcessServerSettings;
import dev.lifeboat.replicator.processserver.settings.SettingsReader;
import dev.lifeboat.wire.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a process server until SIGTERM or SIGINT. */
@Command(
    name = "process-server",
    description =
        "Receives changes from agents, caches them encrypted and uploads them to the vault.",
    mixinStandardHelpOptions = true)
final class ProcessServerCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "configuration, YAML")
  private Path config = Path.of("");

  @Override
  public Integer call() throws Exception {
    ProcessServerSettings settings;
    try {
      settings = SettingsReader.read(config);
    } catch (SettingsException e) {
      throw new UsageException(e.getMessage(), e);
    }
    if (settings.jsonLog()) {
      Logs.asJson();
    }
    ProcessServer server = ProcessServer.start(settings);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "stop"));
    stopped.await();
    return 0;
  }

  private static void stop(ProcessServer server, CountDownLatch stopped) {
    try {
      server.close();
    } catch (IOException e) {
      LoggerFactory.getLogger(ProcessServerCommand.class)
          .error("the process server did not stop cleanly", e);
    }
    stopped.countDown();
  }
}
