package dev.lifeboat.agent;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The arrows of this module: the path of a write is a straight line, and nothing calls back. */
@AnalyzeClasses(packages = "dev.lifeboat.agent", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String AGENT = "dev.lifeboat.agent.";
  private static final String CAPTURE = AGENT + "capture";

  private static final Set<String> SEAM =
      Set.of(
          "CaptureSource",
          "CapturedDisk",
          "ChangeMap",
          "Checkpoint",
          "Losses",
          "OwnWrites",
          "Body",
          "RecordSink");

  @ArchTest
  static final ArchRule AGENT_KNOWS_NEITHER_KUBERNETES_NOR_AZURE =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.lifeboat.agent..",
              "dev.lifeboat.wire..",
              "java..",
              "javax.net.ssl..",
              "com.sun.management..",
              "com.fasterxml.jackson..",
              "io.netty..",
              "io.prometheus.client..",
              "org.slf4j..",
              "picocli..");

  @ArchTest
  static final ArchRule KERNEL_KNOWS_NOTHING_OF_OURS =
      classes()
          .that()
          .resideInAPackage(AGENT + "kernel..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(AGENT + "kernel..", "java..");

  @ArchTest
  static final ArchRule CAPTURE_KNOWS_THE_KERNEL_ALONE =
      classes()
          .that()
          .resideInAPackage(CAPTURE + "..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              CAPTURE + "..",
              AGENT + "kernel..",
              "dev.lifeboat.wire.frame..",
              "dev.lifeboat.wire.journal..",
              "java..",
              "org.slf4j..");

  @ArchTest
  static final ArchRule HARDWARE_KNOWS_THE_KERNEL_ALONE =
      noClasses()
          .that()
          .resideInAPackage(AGENT + "hardware..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others("hardware", "kernel"));

  @ArchTest
  static final ArchRule CONVERGENCE_KNOWS_NOTHING_THAT_SHIPS =
      noClasses()
          .that()
          .resideInAPackage(AGENT + "convergence..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others("convergence", "capture", "settings"));

  @ArchTest
  static final ArchRule CAPTURE_IS_SEEN_THROUGH_ITS_SEAM =
      noClasses()
          .that()
          .resideInAnyPackage(AGENT + "convergence..", AGENT + "shipping..", AGENT + "control..")
          .should()
          .dependOnClassesThat(
              describe(
                  "make capture what it is",
                  seen ->
                      seen.getPackageName().startsWith(AGENT + "kernel")
                          || (seen.getPackageName().equals(CAPTURE)
                              && !SEAM.contains(seen.getSimpleName()))));

  @ArchTest
  static final ArchRule SHIPPING_KNOWS_NEITHER_SETTINGS_NOR_COMMANDS =
      noClasses()
          .that()
          .resideInAPackage(AGENT + "shipping..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others("shipping", "capture", "convergence", "hardware"));

  /** The data plane outlives the control plane: it does not know that there is one. */
  @ArchTest
  static final ArchRule ONLY_THE_PROGRAM_KNOWS_MANAGEMENT =
      noClasses()
          .that()
          .resideOutsideOfPackages(AGENT + "management..", "dev.lifeboat.agent")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(AGENT + "management..");

  @ArchTest
  static final ArchRule NETTY_IS_FOR_SHIPPING =
      noClasses()
          .that()
          .resideOutsideOfPackages(AGENT + "shipping..", "dev.lifeboat.agent")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule ONLY_THE_PROGRAM_PUTS_IT_TOGETHER =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.lifeboat.agent")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.lifeboat.agent", "picocli..");

  /** All rooms but these. */
  private static String[] others(String... allowed) {
    return Stream.of(
            "kernel",
            "capture",
            "convergence",
            "shipping",
            "hardware",
            "enrolment",
            "settings",
            "control",
            "management")
        .filter(room -> !List.of(allowed).contains(room))
        .map(room -> AGENT + room + "..")
        .toArray(String[]::new);
  }
}
