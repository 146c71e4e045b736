package dev.keyferry.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/// Tests of the library's dependencies.
class LibraryTest {
  private static final String LIBRARY = "dev.keyferry.client";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .importUrl(Session.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void depends_only_on_the_jdk_a_json_parser_and_a_keychain() {
    classes()
        .that()
        .resideInAPackage(LIBRARY)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.crypto..",
            "javax.net.ssl",
            "com.sun.net.httpserver",
            "com.fasterxml.jackson.core..",
            "com.github.javakeyring",
            "org.jspecify.annotations",
            LIBRARY,
            "")
        .check(MAIN);
  }

  @Test
  void never_asks_the_machine_for_the_time() {
    noClasses()
        .that()
        .resideInAPackage(LIBRARY)
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(InstantSource.class, "system")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(MAIN);
  }
}
