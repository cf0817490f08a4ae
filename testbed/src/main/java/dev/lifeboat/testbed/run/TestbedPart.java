package dev.lifeboat.testbed.run;

import dev.lifeboat.testbed.network.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One part that {@code testbed/run up} can bring up, such as the cluster. Parts are found by {@link
 * java.util.ServiceLoader}: a part names its class in {@code
 * META-INF/services/dev.lifeboat.testbed.run.TestbedPart} and has a public constructor without
 * arguments that does nothing.
 */
public interface TestbedPart {

  /** What to type to get it: one lower-case word. */
  String name();

  /** Its place in the order of starting, low first; parts are closed the other way round. */
  int order();

  /**
   * Starts it, and returns when it can be used.
   *
   * @param network the one network, up already; the part does not close it
   * @param folder the part's own, existing and empty; removed after its end. What is in {@code
   *     folder/logs} (the part makes it) is shown to whoever asks why it did not start
   * @throws IOException with one sentence that says what is missing and what to do; nothing of the
   *     part is running then
   */
  Running start(TestNetwork network, Path folder) throws IOException;

  /** A part that is up. Closed once, by the program that started it. */
  interface Running extends AutoCloseable {

    /** Lines a person can type as they stand, in another shell, each with a comment if need be. */
    List<String> whatToTypeNext();

    @Override
    void close() throws IOException;
  }
}
