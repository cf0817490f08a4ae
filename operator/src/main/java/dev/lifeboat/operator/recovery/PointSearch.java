package dev.lifeboat.operator.recovery;

/** What looking for the run's recovery point found. */
sealed interface PointSearch {

  /** It is known, or was not looked for. */
  record NotAsked() implements PointSearch {}

  record Found(ChosenPoint point) implements PointSearch {}

  /** A living process server still uploads. */
  record NotYet(String message) implements PointSearch {}

  /** There is none such. */
  record Missing(String message) implements PointSearch {}

  /** The vault does not answer. */
  record Unreachable(String message) implements PointSearch {}
}
