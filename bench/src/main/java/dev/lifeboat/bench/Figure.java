package dev.lifeboat.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Something that is measured. Leaves nothing running and no device behind. */
public interface Figure {

  /** What it is called on the command line. */
  String name();

  /** What it says, in one line. */
  String title();

  /**
   * Measures it in rounds, the peers within each round.
   *
   * @param work an empty directory, removed afterwards if nothing failed
   */
  List<Row> measure(Path work, int runs) throws IOException, InterruptedException;
}
