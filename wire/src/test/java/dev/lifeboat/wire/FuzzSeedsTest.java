package dev.lifeboat.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.RandomFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The fuzz tests begin with the golden files: their seeds are the same bytes as binary files, which
 * {@code -Dgolden.write=true} makes anew.
 */
class FuzzSeedsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/dev/lifeboat/wire");
  private static final String[] FRAMES = {"data", "mark", "state", "gap"};

  @Test
  void areTheGoldenFiles() throws Exception {
    for (String kind : FRAMES) {
      byte[] frame = Golden.read("frame-" + kind);
      seed("frame/FrameFuzzTestInputs/isReadOrRefused", kind, frame);
      seed("frame/FrameHeaderFuzzTestInputs/isReadOrRefused", kind, Arrays.copyOf(frame, 128));
    }
    Map<String, String> bodies = Map.of("mark", "MarkBody", "state", "StateBody");
    for (Map.Entry<String, String> body : bodies.entrySet()) {
      byte[] frame = Golden.read("frame-" + body.getKey());
      String folder = "frame/" + body.getValue() + "FuzzTestInputs/isReadOrRefused";
      seed(folder, "golden", Arrays.copyOfRange(frame, 128, frame.length));
    }
    byte[] hello = Golden.read("message-hello");
    seed(
        "protocol/HelloFuzzTestInputs/isReadOrRefused",
        "golden",
        Arrays.copyOfRange(hello, 5, hello.length));
    for (String name : new String[] {"frame", "welcome", "refuse", "ack", "credit", "ping"}) {
      seed(
          "protocol/MessageDecoderFuzzTestInputs/isReadOrRefused",
          name,
          Golden.read("message-" + name));
    }
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    segment.write(Arrays.copyOf(Golden.read("hrl-header"), 4096));
    segment.write(Golden.read("hrl-frame"));
    seed("journal/SegmentFuzzTestInputs/isReplayedOrDropped", "golden", segment.toByteArray());
  }

  /** Compressed ones are made once: what a codec's next version writes may differ. */
  @Test
  void areCompressedOnesToo() throws Exception {
    try (RandomFrames frames = new RandomFrames(11)) {
      for (int i = 0; i < 16; i++) {
        Frame frame = frames.data(2, 1024);
        String codec = frame.header().codec().name().toLowerCase(Locale.ROOT) + i;
        Path file = RESOURCES.resolve("frame/FrameFuzzTestInputs/isReadOrRefused").resolve(codec);
        if (Boolean.getBoolean("golden.write")) {
          Files.write(file, frame.encode());
        } else if (Files.exists(file)) {
          Frame.decode(ByteBuffer.wrap(Files.readAllBytes(file))).raw();
        }
      }
    }
    assertThat(RESOURCES.resolve("frame/FrameFuzzTestInputs/isReadOrRefused"))
        .isDirectoryContaining("glob:**zstd*")
        .isDirectoryContaining("glob:**lz4*");
  }

  private static void seed(String folder, String name, byte[] bytes) throws IOException {
    Path file = RESOURCES.resolve(folder).resolve(name);
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    }
    assertThat(file).hasBinaryContent(bytes);
  }
}
