package dev.lifeboat.vault.point;

import java.io.IOException;

/**
 * An id names two points: a lineage was begun twice within an epoch, and whoever wrote the id down
 * may have meant either. A time, or `latest`, names one of those that can be brought back.
 */
public final class AmbiguousPointException extends IOException {

  private static final long serialVersionUID = 1L;

  AmbiguousPointException(PointId id) {
    super(
        "the id "
            + id
            + " names two recovery points, for the log of this lineage was begun twice; name the"
            + " newer one by its time, as `points` lists it");
  }
}
