package dev.lifeboat.agent.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.agent.hardware.HardwareIdentity;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.frame.Chain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentTest {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final UUID BOOT = new UUID(2, 1);
  private static final UUID NEXT = new UUID(2, 2);
  private static final HardwareIdentity HERE = hardware("3c8a4d56-2d1b-5f4e-90ab-1122334455ff");
  private static final HardwareIdentity CLONE = hardware("3c8a4d56-2d1b-5f4e-90ab-112233445500");

  @TempDir Path path;
  private StateDirectory directory;
  private Path file;

  private static HardwareIdentity hardware(String uuid) {
    return new HardwareIdentity(uuid, Set.of(), "");
  }

  @BeforeEach
  void directory() throws IOException {
    directory = StateDirectory.open(path);
    file = path.resolve("enrolment.json");
  }

  private Enrolment open(UUID boot) {
    Enrolment.Outcome outcome = Enrolment.open(directory, MACHINE, HERE, boot);
    assertThat(outcome).isInstanceOf(Enrolment.Enrolled.class);
    return ((Enrolment.Enrolled) outcome).enrolment();
  }

  private String dormant(UUID machine, HardwareIdentity hardware) {
    Enrolment.Outcome outcome = Enrolment.open(directory, machine, hardware, BOOT);
    assertThat(outcome).isInstanceOf(Enrolment.Dormant.class);
    return ((Enrolment.Dormant) outcome).reason();
  }

  @Test
  void theFirstRunEnrols() {
    Enrolment enrolment = open(BOOT);
    assertThat(enrolment.machine()).isEqualTo(MACHINE);
    assertThat(enrolment.base()).isEqualTo(1L << 48);
    assertThat(enrolment.chain()).isEqualTo(Chain.ofBoot(enrolment.lineage(), BOOT));
    assertThat(enrolment.captureBegun()).isFalse();
  }

  @Test
  void aBootRaisesTheNumberOnce() {
    Enrolment first = open(BOOT);
    assertThat(open(BOOT).base()).isEqualTo(first.base());
    Enrolment second = open(NEXT);
    assertThat(second.base()).isEqualTo(2L << 48);
    assertThat(second.lineage()).isEqualTo(first.lineage());
    assertThat(second.chain()).isEqualTo(Chain.ofBoot(first.lineage(), NEXT));
    assertThat(open(NEXT).base()).isEqualTo(2L << 48);
  }

  @Test
  void eachCaptureOfABootHasItsOwnPositionsAndChain() {
    Enrolment enrolment = open(BOOT);
    enrolment.beginCapture();
    assertThat(enrolment.base()).isEqualTo(1L << 48);
    assertThat(enrolment.captureId()).isEqualTo(BOOT);
    assertThat(enrolment.covers(enrolment.base())).isTrue();
    assertThat(enrolment.covers(enrolment.base() + (1L << 48) - 1)).isTrue();

    // Killed here and started again, then detached: what is known outlives the process.
    Enrolment again = open(BOOT);
    assertThat(again.captureBegun()).isTrue();
    assertThat(again.chain()).isEqualTo(enrolment.chain());
    again.beginCapture();
    assertThat(again.base()).isEqualTo(2L << 48);
    assertThat(again.captureId()).isNotEqualTo(BOOT);
    assertThat(again.covers(enrolment.base())).isFalse();
    assertThat(open(BOOT).chain()).isEqualTo(again.chain());

    Enrolment booted = open(NEXT);
    assertThat(booted.captureBegun()).isFalse();
    booted.beginCapture();
    assertThat(booted.base()).isEqualTo(3L << 48);
    assertThat(booted.captureId()).isEqualTo(NEXT);
  }

  @Test
  void aNumberThatWasRolledBackMeetsAnotherChain() throws IOException {
    Enrolment enrolment = open(BOOT);
    enrolment.beginCapture();
    byte[] snapshot = Files.readAllBytes(file);
    enrolment.beginCapture();
    Files.write(file, snapshot);
    Enrolment reverted = open(BOOT);
    assertThat(reverted.covers(enrolment.base())).isFalse();
    reverted.beginCapture();
    assertThat(reverted.base()).isEqualTo(enrolment.base());
    assertThat(reverted.chain()).isNotEqualTo(enrolment.chain());
  }

  @Test
  void aNewLineageKeepsItsPlaceAndOutlivesTheProcess() {
    Enrolment enrolment = open(BOOT);
    enrolment.beginCapture();
    UUID before = enrolment.lineage();
    enrolment.renew();
    assertThat(enrolment.lineage()).isNotEqualTo(before);
    assertThat(enrolment.base()).isEqualTo(1L << 48);
    assertThat(enrolment.chain()).isEqualTo(Chain.ofBoot(enrolment.lineage(), BOOT));
    assertThat(open(BOOT).lineage()).isEqualTo(enrolment.lineage());
  }

  @Test
  void whatCannotBeWrittenHasNotHappened() throws IOException {
    Enrolment enrolment = open(BOOT);
    enrolment.beginCapture();
    UUID lineage = enrolment.lineage();
    // A directory where the new file goes: the write fails, as on a full disk.
    Path obstacle = Files.createDirectory(path.resolve("enrolment.json.new"));
    assertThatThrownBy(enrolment::beginCapture).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(enrolment::renew).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> open(NEXT)).isInstanceOf(UncheckedIOException.class);
    assertThat(enrolment.base()).isEqualTo(1L << 48);
    assertThat(enrolment.lineage()).isEqualTo(lineage);
    Files.delete(obstacle);
    assertThat(open(NEXT).base()).isEqualTo(2L << 48);
  }

  @Test
  void aWriteThatWasCutIsIgnored() throws IOException {
    Enrolment enrolment = open(BOOT);
    Files.writeString(path.resolve("enrolment.json.new"), "{\"version\":1,");
    assertThat(open(BOOT).lineage()).isEqualTo(enrolment.lineage());
    assertThat(open(NEXT).base()).isEqualTo(2L << 48);
  }

  @Test
  void aCloneIsDormantAndLeavesItsStateAlone() throws IOException {
    open(BOOT);
    byte[] before = Files.readAllBytes(file);
    assertThat(dormant(MACHINE, CLONE)).contains("other hardware").contains("enrol it again");
    assertThat(dormant(MACHINE, new HardwareIdentity("", Set.of(), "x")))
        .contains("other hardware");
    assertThat(dormant(new UUID(1, 2), HERE))
        .contains("belongs to machine " + MACHINE)
        .contains("enrol it again");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    // Back on its own hardware it goes on.
    assertThat(open(BOOT).base()).isEqualTo(1L << 48);
  }

  @Test
  void aMachineThatNothingTellsFromOthersIsNotEnrolled() {
    assertThat(dormant(MACHINE, new HardwareIdentity("", Set.of(), "")))
        .contains("machine.hardwareId");
    assertThat(file).doesNotExist();
  }

  @Test
  void enrollingAgainBeginsAnotherLineage() throws IOException {
    UUID before = open(BOOT).lineage();
    Files.delete(file);
    assertThat(open(BOOT).lineage()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "null", "[]", "number:0", "number:32768", "version:2"})
  void aDamagedFileIsAnError(String damage) throws IOException {
    int colon = damage.indexOf(':');
    String text =
        colon < 0
            ? damage
            : GOLDEN.replaceFirst(
                damage.substring(0, colon) + "\": \\d+",
                damage.substring(0, colon) + "\": " + damage.substring(colon + 1));
    Files.writeString(file, text);
    assertThatThrownBy(() -> open(BOOT))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("enrolment.json is damaged");
  }

  @Test
  void readsWhatAnEarlierAgentWrote() throws IOException {
    Files.writeString(file, GOLDEN);
    Enrolment enrolment = open(BOOT);
    assertThat(enrolment.bootNumber()).isEqualTo(7);
    assertThat(enrolment.lineage()).isEqualTo(new UUID(3, 3));
    assertThat(enrolment.captureId()).isEqualTo(new UUID(4, 4));
    assertThat(enrolment.captureBegun()).isTrue();
    assertThat(enrolment.hardware()).isEqualTo(HERE);
  }

  @Test
  void whereTheNumbersEndALineageBegins() throws IOException {
    Files.writeString(file, GOLDEN.replace("\"number\": 7", "\"number\": 32767"));
    Enrolment last = open(BOOT);
    assertThat(last.base()).isPositive();
    last.beginCapture();
    assertThat(last.base()).isEqualTo(1L << 48);
    assertThat(last.lineage()).isNotEqualTo(new UUID(3, 3));
  }

  private static final String GOLDEN =
      """
      {
        "version": 1,
        "machine": "00000000-0000-0001-0000-000000000001",
        "hardware": {
          "uuid": "3c8a4d56-2d1b-5f4e-90ab-1122334455ff",
          "serials": [],
          "named": ""
        },
        "lineage": "00000000-0000-0003-0000-000000000003",
        "number": 7,
        "bootId": "00000000-0000-0002-0000-000000000001",
        "captureId": "00000000-0000-0004-0000-000000000004",
        "begun": true
      }
      """;
}
