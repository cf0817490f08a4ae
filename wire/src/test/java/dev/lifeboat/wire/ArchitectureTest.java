package dev.lifeboat.wire;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of this module. */
@AnalyzeClasses(packages = "dev.lifeboat.wire", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule WIRE_STANDS_ALONE =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.lifeboat.wire..",
              "java..",
              "javax.naming.ldap..",
              "javax.net.ssl..",
              "javax.security.auth.x500..",
              "io.netty..",
              "com.github.luben.zstd..",
              "net.jpountz..",
              "com.dynatrace.hash4j..",
              "org.bouncycastle..",
              "com.fasterxml.jackson..",
              "com.sun.net.httpserver..",
              "io.prometheus.client..",
              "org.slf4j..");

  /** The agent carries no Bouncy Castle: only who issues certificates needs it. */
  @ArchTest
  static final ArchRule AUTHORITIES_ALONE_NEED_BOUNCY_CASTLE =
      noClasses()
          .that()
          .haveNameNotMatching(".*\\.(CertificateAuthority(\\$.*)?|ProvenKey)")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.bouncycastle..")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleName("ProvenKey");

  @ArchTest
  static final ArchRule METRICS_ARE_A_ROOM_OF_THEIR_OWN =
      noClasses()
          .that()
          .resideOutsideOfPackage("..metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..metrics..", "com.sun.net.httpserver..", "io.prometheus..");

  @ArchTest
  static final ArchRule FRAMES_KNOW_NOTHING_ABOVE_THEM =
      noClasses()
          .that()
          .resideInAPackage("..frame..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..protocol..", "..journal..", "..identity..", "io.netty..");

  @ArchTest
  static final ArchRule JOURNAL_KNOWS_FRAMES_ALONE =
      noClasses()
          .that()
          .resideInAPackage("..journal..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..protocol..", "..identity..", "io.netty..");

  @ArchTest
  static final ArchRule MESSAGES_KNOW_NO_FILES =
      noClasses()
          .that()
          .resideInAPackage("..protocol..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..journal..", "..identity..");
}
