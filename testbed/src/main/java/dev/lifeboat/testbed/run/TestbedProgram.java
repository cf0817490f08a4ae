package dev.lifeboat.testbed.run;

import dev.lifeboat.testbed.network.TestNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;

/**
 * The process behind {@code testbed/run up}: starts the network and the parts that were asked for,
 * says in the folder's file {@code next} what can be typed then, and holds them until it is told to
 * end. If it dies, what it started ends too.
 */
public final class TestbedProgram {

  private final Path folder;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private TestbedProgram(Path folder) {
    this.folder = folder;
  }

  /**
   * Arguments: the folder, then the names of parts, none for all. Exit code 1 with one sentence.
   */
  public static void main(String[] arguments) throws InterruptedException {
    TestbedProgram program = new TestbedProgram(Path.of(arguments[0]));
    CountDownLatch toldToEnd = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              toldToEnd.countDown();
              try {
                ended.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
    boolean clean = program.run(List.of(arguments).subList(1, arguments.length), toldToEnd);
    ended.countDown();
    if (!clean) {
      System.exit(1);
    }
  }

  private boolean run(List<String> names, CountDownLatch toldToEnd) throws InterruptedException {
    boolean clean = true;
    try {
      up(names);
      toldToEnd.await();
    } catch (IOException e) {
      System.err.println("testbed: " + e.getMessage());
      clean = false;
    }
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) { // the others must end all the same
        System.err.println("testbed: " + e.getMessage());
        clean = false;
      }
    }
    return clean;
  }

  private void up(List<String> names) throws IOException {
    List<TestbedPart> parts = chosen(names);
    TestNetwork network = TestNetwork.start();
    open.push(network);
    List<String> next = new ArrayList<>();
    next.add("# the network: " + network.nodeAddress().getHostAddress() + "/24; a shell in it:");
    next.add(String.join(" ", network.enter()) + " bash");
    for (TestbedPart part : parts) {
      long began = System.nanoTime();
      Path own = Files.createDirectory(folder.resolve(part.name()));
      TestbedPart.Running running = part.start(network, own);
      open.push(running);
      next.add("");
      next.add(
          "# %s, up in %d s".formatted(part.name(), (System.nanoTime() - began) / 1_000_000_000));
      next.addAll(running.whatToTypeNext());
    }
    Path written = folder.resolve("next.part");
    Files.write(written, next, StandardCharsets.UTF_8);
    Files.move(written, folder.resolve("next"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<TestbedPart> chosen(List<String> names) throws IOException {
    Map<String, TestbedPart> known = new LinkedHashMap<>();
    ServiceLoader.load(TestbedPart.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(TestbedPart::order))
        .forEach(part -> known.put(part.name(), part));
    for (String name : names) {
      if (!known.containsKey(name)) {
        throw new IOException(
            "There is no part '%s': %s.".formatted(name, String.join(", ", known.keySet())));
      }
    }
    return known.values().stream()
        .filter(part -> names.isEmpty() || names.contains(part.name()))
        .toList();
  }
}
