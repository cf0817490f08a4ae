package dev.lifeboat.replicator.processserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.lifeboat", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String ROOM = "dev.lifeboat.replicator.processserver.";

  @ArchTest
  static final ArchRule NO_AGENT =
      noClasses()
          .that()
          .resideInAPackage("..replicator..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..agent..");

  @ArchTest
  static final ArchRule ONE_WAY = slices().matching(ROOM + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule CACHE_KNOWS_NO_VAULT =
      noClasses()
          .that()
          .resideInAnyPackage(ROOM + "cache..", ROOM + "coalescer..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..vault..", "io.netty..", ROOM + "log..", ROOM + "listener..", ROOM + "uploader..");

  @ArchTest
  static final ArchRule UPLOADER_AND_LISTENER_MEET_IN_THE_LOG_ONLY =
      noClasses()
          .that()
          .resideInAPackage(ROOM + "uploader..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOM + "listener..", "io.netty..");

  @ArchTest
  static final ArchRule LISTENER_KNOWS_NO_VAULT =
      noClasses()
          .that()
          .resideInAPackage(ROOM + "listener..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..vault..", ROOM + "uploader..");
}
