package dev.lifeboat.agent.shipping;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A mark that somebody wants, on its way: first it is taken, at a position; then a process server
 * holds it, so that it stands in the log under a sequence; then it is in the vault and a recovery
 * point. A mark that is lost before that is taken anew. Thread-safe.
 */
public final class MarkOrder {
  private final String label;
  private final boolean patient;
  private final CompletableFuture<LoggedMark> logged = new CompletableFuture<>();
  private final CompletableFuture<LoggedMark> uploaded = new CompletableFuture<>();
  private volatile OptionalLong position = OptionalLong.empty();

  MarkOrder(String label, boolean patient) {
    this.label = label;
    this.patient = patient;
  }

  /** What it is to be called. */
  public String label() {
    return label;
  }

  /** Whether to wait until the machine is consistent; else it is refused meanwhile. */
  boolean patient() {
    return patient;
  }

  /**
   * Done when a process server holds the mark. Fails by {@link IllegalStateException} if it would
   * be no recovery point.
   */
  public CompletableFuture<LoggedMark> logged() {
    return logged.copy();
  }

  /**
   * Done when the mark is in the vault; fails as {@link #logged} does. Its id is another one than
   * was logged if the process server was lost meanwhile.
   */
  public CompletableFuture<LoggedMark> uploaded() {
    return uploaded.copy();
  }

  /** Behind which write it was taken; empty until then. */
  public OptionalLong position() {
    return position;
  }

  /** Nobody waits any more: what was not taken yet will not be. */
  public void abandon() {
    uploaded.cancel(false);
  }

  boolean isAbandoned() {
    return uploaded.isCancelled();
  }

  void taken(long at) {
    position = OptionalLong.of(at);
  }

  void logged(LoggedMark mark) {
    logged.complete(mark);
  }

  void uploaded(LoggedMark mark) {
    logged.complete(mark);
    uploaded.complete(mark);
  }

  void refuse(String why) {
    IllegalStateException refusal = new IllegalStateException(why);
    logged.completeExceptionally(refusal);
    uploaded.completeExceptionally(refusal);
  }
}
