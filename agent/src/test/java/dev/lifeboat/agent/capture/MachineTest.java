package dev.lifeboat.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.wire.frame.Chain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir Path directory;

  @Test
  void theRingIsASixteenthOfMemoryWithinBounds() {
    assertThat(CaptureSettings.ringBytes(1L << 30)).isEqualTo(64 << 20);
    assertThat(CaptureSettings.ringBytes(3L << 30)).isEqualTo(128 << 20);
    assertThat(CaptureSettings.ringBytes(64L << 30)).isEqualTo(512 << 20);
    assertThatThrownBy(() -> new CaptureSettings(directory, directory, 3 << 20, 0, Chain.START))
        .hasMessageContaining("power of two");
  }

  @Test
  void lockdownToConfidentialityIsRefused() throws IOException {
    Path file = directory.resolve("lockdown");
    Requirements.refuseLockdown(file);
    Files.writeString(file, "none [integrity] confidentiality\n");
    Requirements.refuseLockdown(file);
    Files.writeString(file, "none integrity [confidentiality]\n");
    assertThatThrownBy(() -> Requirements.refuseLockdown(file))
        .isInstanceOf(CaptureRefusedException.class)
        .hasMessageContaining("lockdown=integrity");
  }

  @Test
  void readsTheKernelsSymbolsWhereItShowsThem() throws IOException {
    Path file = directory.resolve("kallsyms");
    Files.writeString(
        file, "ffffffff81000000 T _text\nffffffff82a1b2c0 D vmemmap_base\n0 d page_offset_base\n");
    KernelSymbols symbols = KernelSymbols.read(file, "vmemmap_base", "page_offset_base");
    assertThat(symbols.address(0)).isEqualTo(0xffffffff82a1b2c0L);
    assertThat(symbols.complete()).isFalse();
    assertThat(KernelSymbols.read(file, "_text").complete()).isTrue();
    assertThat(KernelSymbols.read(directory.resolve("none"), "_text").complete()).isFalse();
  }
}
