package dev.lifeboat.wire.frame;

/**
 * A stretch of the log.
 *
 * @param from where it begins, exclusive
 * @param to where it ends, inclusive
 * @param chain the chain behind {@code to}
 */
public record Span(long from, long to, Chain chain) {

  /** A place without extent: what MARK, STATE and BASE stand at. */
  public static Span at(long position, Chain chain) {
    return new Span(position, position, chain);
  }
}
