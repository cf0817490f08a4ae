package dev.lifeboat.vault.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.BlobException;
import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.wire.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {

  private static final UUID MACHINE = new UUID(1, 2);

  @TempDir private Path folder;

  @Test
  void aRecoveryKeyIsReadBack_andASlipOfThePenIsNoticed() throws Exception {
    RecoveryKey key = RecoveryKey.generate();
    assertThat(key.text()).matches("([0-9a-f]{4}-){16}[0-9a-f]{4}");
    assertThat(RecoveryKey.parse(key.text().toUpperCase(Locale.ROOT)).matches(key)).isTrue();
    Path file = folder.resolve("key");
    key.write(file);
    assertThat(RecoveryKey.read(file).matches(key)).isTrue();
    assertThatThrownBy(() -> key.write(file)).hasMessageContaining("never written over");
    char wrong = key.text().charAt(0) == 'a' ? 'b' : 'a';
    assertThatThrownBy(() -> RecoveryKey.parse(wrong + key.text().substring(1)))
        .hasMessageContaining("mistyped");
    assertThatThrownBy(() -> RecoveryKey.parse("abc")).hasMessageContaining("68 hexadecimal");
    assertThatThrownBy(() -> RecoveryKey.read(folder.resolve("none")))
        .hasMessageContaining("does not exist");
  }

  @Test
  void secretsAreNotPrinted() throws Exception {
    RecoveryKey key = RecoveryKey.generate();
    String digits = key.text().replace("-", "").substring(0, 64);
    assertThat(key.toString()).doesNotContain(digits).isEqualTo("recovery key " + key.id());
    assertThat(digits).doesNotContain(key.id());
    assertThat(FixedKeys.dataKey().toString()).isEqualTo("data key");
  }

  @Test
  void aDataKeyIsOpenedByItsRecoveryKeyAlone() throws Exception {
    MemoryBlobStore store = new MemoryBlobStore();
    DataKeys keys = new DataKeys(store);
    RecoveryKey recoveryKey = RecoveryKey.generate();
    DataKey made = keys.create(MACHINE, recoveryKey).orElseThrow();
    assertThat(keys.create(MACHINE, recoveryKey)).isEmpty();
    assertThat(keys.load(MACHINE, recoveryKey)).isEqualTo(made);
    assertThatThrownBy(() -> keys.load(MACHINE, RecoveryKey.generate()))
        .hasMessageContaining("wrong recovery key");
    assertThatThrownBy(() -> keys.load(new UUID(9, 9), recoveryKey))
        .hasMessageContaining("there is no data key");
    store.alter(
        store.names().getFirst(),
        b ->
            new String(b, US_ASCII)
                .replaceFirst("wrapped\":\"..", "wrapped\":\"AA")
                .getBytes(US_ASCII));
    assertThatThrownBy(() -> keys.load(MACHINE, recoveryKey)).isInstanceOf(KeyException.class);
  }

  @Test
  void aCreateWhoseAnswerWasLostIsKnownAgain() throws Exception {
    MemoryBlobStore store = new MemoryBlobStore();
    DataKeys keys = new DataKeys(store);
    RecoveryKey recoveryKey = RecoveryKey.generate();
    store.faults(
        new MemoryBlobStore.Faults() {
          @Override
          public void after(String call, String name) throws IOException {
            throw new BlobException(BlobException.Reason.UNREACHABLE, "lost");
          }
        });
    assertThatThrownBy(() -> keys.create(MACHINE, recoveryKey)).hasMessage("lost");
    store.faults(new MemoryBlobStore.Faults() {});
    assertThat(keys.load(MACHINE, recoveryKey)).isNotNull();
  }

  @Test
  void theBytesAreAsTheyWere() throws Exception {
    RecoveryKey recoveryKey = RecoveryKey.parse(fixedText());
    byte[] json = DataKeys.encode(FixedKeys.dataKey().wrappedBy(recoveryKey), recoveryKey.id());
    Golden.check("data-key", json);
    assertThat(DataKeys.decode(Golden.read("data-key"), recoveryKey))
        .isEqualTo(FixedKeys.dataKey());
    Golden.check("segment-key", FixedKeys.dataKey().segmentKey(new byte[32]).getEncoded());
  }

  private static String fixedText() throws Exception {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) 0x42);
    for (int check = 0; check < 1 << 16; check++) {
      String text = HexFormat.of().formatHex(key) + HexFormat.of().toHexDigits((short) check);
      try {
        RecoveryKey.parse(text);
        return text;
      } catch (KeyException expected) {
        // One of the check digits fits.
      }
    }
    throw new AssertionError("no check digits fit");
  }
}
