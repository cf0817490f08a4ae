package dev.lifeboat.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md within the operator, and from it into the vault. */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.lifeboat.operator");

  @Test
  void neverTouchesReplicatedBytes() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.lifeboat.vault.segment..",
            "dev.lifeboat.vault.hydrate..",
            "dev.lifeboat.vault.compact..",
            "dev.lifeboat.wire.journal..")
        .check(CLASSES);
  }

  @Test
  void azureIsBehindItsPort() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.lifeboat.operator.azure..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.azure..")
        .check(CLASSES);
  }

  @Test
  void runsKnowNoAdapter() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.lifeboat.operator.recovery..", "dev.lifeboat.operator.cloud..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.lifeboat.operator.azure..")
        .check(CLASSES);
  }
}
