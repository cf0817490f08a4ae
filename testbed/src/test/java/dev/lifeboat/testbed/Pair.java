package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** What an {@link OrderedWriter} left on two disks, judged as after a power cut. */
record Pair(long a, long b) {

  /** Mounts both images, reads how far the writer came on each, and lets fsck check them. */
  static Pair judge(Path imageOfA, Path imageOfB, Path scratch) throws IOException {
    long a;
    long b;
    try (Mount mountOfA = Mount.ofImage(imageOfA, scratch.resolve("a"));
        Mount mountOfB = Mount.ofImage(imageOfB, scratch.resolve("b"))) {
      a = OrderedWriter.last(mountOfA.directory(), "A");
      b = OrderedWriter.last(mountOfB.directory(), "B");
    }
    Mount.check(imageOfA);
    Mount.check(imageOfB);
    assertThat(b).as("B was written after A").isLessThanOrEqualTo(a);
    assertThat(a - b).as("and before A's next").isLessThanOrEqualTo(1);
    return new Pair(a, b);
  }
}
