package dev.lifeboat.replicator;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.IOException;
import java.net.URL;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Switches the log from lines for people to JSON. */
final class Logs {
  private Logs() {}

  static void asJson() throws IOException {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    URL json = Logs.class.getResource("/lifeboat-log-json.xml");
    if (!(factory instanceof LoggerContext context) || json == null) {
      throw new IOException(
          "the log cannot be written as JSON: its parts are missing from this installation");
    }
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    context.reset();
    try {
      configurator.doConfigure(json);
    } catch (JoranException e) {
      throw new IOException("the log cannot be written as JSON", e);
    }
  }
}
