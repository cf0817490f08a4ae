package dev.lifeboat.operator.recovery;

import dev.lifeboat.operator.azure.TestClouds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * The life of one operator. It can be ended before or behind one of its calls that change
 * something; whatever it does from then on does not happen. Thread-safe.
 */
final class Lifeline implements TestClouds.Gate {

  /** Where a program ends. */
  enum End {
    /** The call is not made. */
    BEFORE,
    /** The call is made, and nobody learns of it. */
    BEHIND
  }

  /** What a killed program throws here. */
  static final class Killed extends IOException {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("the operator was killed");
    }
  }

  /** Whether and how a program ends at a call. */
  @FunctionalInterface
  interface Fate {
    /**
     * Asked once at each call.
     *
     * @param number of the call in this life, counted from 0
     */
    Optional<End> at(int number, String call);
  }

  private final Fate fate;
  private final List<String> calls = new ArrayList<>();
  private boolean dead;

  Lifeline(Fate fate) {
    this.fate = fate;
  }

  /** Of a program that nobody kills. */
  static Lifeline endless() {
    return new Lifeline((_, _) -> Optional.empty());
  }

  /** Ends behind the call of this number, counted from 0. */
  static Lifeline endingBehind(int call) {
    return new Lifeline((number, _) -> number == call ? Optional.of(End.BEHIND) : Optional.empty());
  }

  /** Ends at the first call at which none of these deaths was died yet, and adds its own. */
  static Lifeline unlike(Set<String> deaths) {
    return new Lifeline((_, call) ->
        Stream.of(End.values()).filter(end -> deaths.add(end + " " + call)).findFirst());
  }

  synchronized boolean dead() {
    return dead;
  }

  /** The calls that were begun. */
  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public <T> T pass(String name, Callable<T> call) throws IOException {
    Optional<End> end = Optional.empty();
    synchronized (this) {
      requireLife();
      if (!name.isEmpty()) {
        end = fate.at(calls.size(), name);
        calls.add(name);
        dead = end.equals(Optional.of(End.BEFORE));
      }
      requireLife();
    }
    T answer = called(call);
    synchronized (this) {
      dead |= end.isPresent();
      requireLife();
    }
    return answer;
  }

  private void requireLife() throws Killed {
    if (dead) {
      throw new Killed();
    }
  }

  private static <T> T called(Callable<T> call) throws IOException {
    try {
      return call.call();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** As {@link #pass}, where no failure is foreseen. */
  void run(String name, Runnable call) {
    try {
      var _ =
          pass(
              name,
              () -> {
                call.run();
                return true;
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
