package dev.lifeboat.vault;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of this module. */
@AnalyzeClasses(packages = "dev.lifeboat.vault", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule THE_SDK_STAYS_BEHIND_THE_PORT =
      noClasses()
          .that()
          .resideOutsideOfPackage("..vault.blob..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.azure..", "reactor..");

  @ArchTest
  static final ArchRule NOBODY_KNOWS_HYDRATION =
      noClasses()
          .that()
          .resideInAnyPackage("..head..", "..point..", "..segment..", "..key..", "..blob..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..hydrate..", "..command..");

  @ArchTest
  static final ArchRule BLOBS_KNOW_NO_LAYOUT =
      noClasses()
          .that()
          .resideInAPackage("..vault.blob..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..segment..", "..head..", "..point..", "..key..");

  @ArchTest
  static final ArchRule SEGMENTS_KNOW_NO_HEADS =
      noClasses()
          .that()
          .resideInAPackage("..segment..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..head..", "..point..");

  @ArchTest
  static final ArchRule THE_VAULT_KNOWS_NO_WIRE_PROTOCOL =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.lifeboat.wire.protocol..", "dev.lifeboat.wire.journal..", "io.netty..");
}
