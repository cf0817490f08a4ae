package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BodiesTest {
  private final MarkBody mark =
      new MarkBody(new UUID(1, 2), 3, -4, true, "vor dem Umbau ✓", List.of(0, 65535));

  @Test
  void survive_whenEncodedAndDecoded() throws Exception {
    assertThat(MarkBody.decode(mark.encode())).isEqualTo(mark);
    StateBody state =
        new StateBody(
            true, "", 0, List.of(new StateBody.Disk(9, false, 1L << 50, 4096, "wwn", "nvme0n1")));
    assertThat(StateBody.decode(state.encode())).isEqualTo(state);
  }

  @Test
  void areRefused_whenCutOrProlonged() {
    byte[] bytes = mark.encode();
    for (int i = 0; i < bytes.length; i++) {
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> MarkBody.decode(cut)).isInstanceOf(CorruptFrameException.class);
    }
    assertThatThrownBy(() -> MarkBody.decode(Arrays.copyOf(bytes, bytes.length + 1)))
        .hasMessageContaining("1 bytes too many");
  }

  @Test
  void clipText_atACodePoint() throws Exception {
    String long1 = "ä".repeat(FieldWriter.MAX_STRING);
    assertThat(GapBody.decode(new GapBody("x" + long1).encode()).reason())
        .isEqualTo("x" + "ä".repeat(FieldWriter.MAX_STRING / 2 - 1));
  }

  @Test
  void areRefused_whenTextIsNoUtf8OrTooLong() {
    byte[] bad = new GapBody("abc").encode();
    bad[3] = (byte) 0xC0;
    assertThatThrownBy(() -> GapBody.decode(bad)).hasMessageContaining("UTF-8");
    byte[] tooLong = new FieldWriter().u16(1025).bytes();
    assertThatThrownBy(() -> GapBody.decode(Arrays.copyOf(tooLong, 2000)))
        .hasMessageContaining("1025");
    assertThat(new String(bad, StandardCharsets.ISO_8859_1)).hasSize(5);
  }

  @Test
  void areRefused_whenThereAreTooManyDisks() {
    assertThatThrownBy(
            () -> new MarkBody(new UUID(1, 2), 0, 0, true, "", Collections.nCopies(1025, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] body = new FieldWriter().bool(true).string("").i64(0).u16(1024).bytes();
    assertThatThrownBy(() -> StateBody.decode(body)).hasMessageContaining("1024 disks");
  }
}
