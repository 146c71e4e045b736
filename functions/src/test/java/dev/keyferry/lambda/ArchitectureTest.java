package dev.keyferry.lambda;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.keyferry.web.MalformedRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Tests that dependencies point one way, and that only one class reads the time.
final class ArchitectureTest {
  private static final String CODES = "dev.keyferry.codes..";
  private static final String LIMITS = "dev.keyferry.limits..";
  private static final String FLOW = "dev.keyferry.flow..";
  private static final String AWS = "dev.keyferry.aws..";
  private static final String WEB = "dev.keyferry.web..";
  private static final String PAGE = "dev.keyferry.page..";
  private static final String JOSE = "dev.keyferry.jose..";
  private static final String LAMBDA = "dev.keyferry.lambda..";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .importUrl(Wiring.class.getProtectionDomain().getCodeSource().getLocation());

  private static final Set<String> JAVA_BASE =
      ModuleLayer.boot().findModule("java.base").orElseThrow().getDescriptor().packages();

  @Test
  void every_class_is_in_one_of_the_packages() {
    classes()
        .should()
        .resideInAnyPackage(CODES, LIMITS, FLOW, AWS, WEB, PAGE, JOSE, LAMBDA)
        .check(MAIN);
  }

  @Test
  void the_protocol_depends_only_on_java_base() {
    var javaBase =
        DescribedPredicate.describe(
            "in java.base", (JavaClass type) -> JAVA_BASE.contains(elementOf(type)));

    classes()
        .that()
        .resideInAnyPackage(CODES, LIMITS, FLOW)
        .should()
        .onlyDependOnClassesThat(
            javaBase
                .or(resideInAnyPackage(CODES, LIMITS, FLOW, "org.jspecify.annotations"))
                .or(DescribedPredicate.describe("primitive", ArchitectureTest::isPrimitive)))
        .check(MAIN);
  }

  @Test
  void codes_and_limits_depend_on_none_of_our_other_packages() {
    noClasses()
        .that()
        .resideInAPackage(CODES)
        .should()
        .dependOnClassesThat(ours(LIMITS, FLOW))
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage(LIMITS)
        .should()
        .dependOnClassesThat(ours(CODES, FLOW))
        .check(MAIN);
  }

  @Test
  void aws_and_web_depend_only_on_the_flow_among_our_packages() {
    noClasses()
        .that()
        .resideInAPackage(AWS)
        .should()
        .dependOnClassesThat(ours(WEB, PAGE, JOSE, LAMBDA))
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage(WEB)
        .should()
        .dependOnClassesThat(ours(AWS, PAGE, JOSE, LAMBDA))
        .check(MAIN);
  }

  @Test
  void the_page_depends_only_on_web() {
    noClasses()
        .that()
        .resideInAPackage(PAGE)
        .should()
        .dependOnClassesThat(
            ours(CODES, LIMITS, FLOW, AWS, JOSE, LAMBDA)
                .or(resideInAnyPackage("com.amazonaws..", "software.amazon..")))
        .check(MAIN);
  }

  @Test
  void only_encryption_depends_on_nimbus_and_it_does_not_depend_on_aws() {
    noClasses()
        .that()
        .resideOutsideOfPackage(JOSE)
        .should()
        .dependOnClassesThat(resideInAPackage("com.nimbusds.."))
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage(JOSE)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(AWS, PAGE, LAMBDA, "com.amazonaws..", "software.amazon.."))
        .check(MAIN);
  }

  @Test
  void http_depends_on_neither_the_gateway_nor_aws() {
    noClasses()
        .that()
        .resideInAPackage(WEB)
        .should()
        .dependOnClassesThat(resideInAnyPackage("com.amazonaws..", "software.amazon.."))
        .check(MAIN);
  }

  @Test
  void the_aws_package_does_not_depend_on_lambda() {
    noClasses()
        .that()
        .resideInAPackage(AWS)
        .should()
        .dependOnClassesThat(resideInAPackage("com.amazonaws.."))
        .check(MAIN);
  }

  @Test
  void only_the_wiring_reads_the_real_clock() {
    var realClock =
        DescribedPredicate.describe(
            "reads the real clock",
            (JavaAccess<?> access) -> {
              var owner = access.getTargetOwner();
              var name = access.getName();
              return (owner.isEquivalentTo(Instant.class) && name.equals("now"))
                  || (owner.isEquivalentTo(Clock.class)
                      && (name.startsWith("system") || name.startsWith("tick")))
                  || (owner.isEquivalentTo(InstantSource.class) && name.equals("system"))
                  || (owner.isEquivalentTo(System.class) && name.equals("currentTimeMillis"));
            });

    noClasses()
        .that()
        .doNotBelongToAnyOf(Wiring.class)
        .should()
        .accessTargetWhere(realClock)
        .check(MAIN);
  }

  /// A refusal is a value, so no code needs to catch one either.
  @Test
  void only_the_api_handler_catches_a_malformed_request() {
    assertThat(
            MAIN.stream()
                .filter(ArchitectureTest::catchesMalformedRequests)
                .map(JavaClass::getSimpleName))
        .containsExactly("ApiHandler");
  }

  /// A handler that is not public serves a route of another function.
  @Test
  void lambda_can_construct_every_public_handler() {
    classes()
        .that()
        .areAssignableTo(RequestHandler.class)
        .and()
        .doNotHaveModifier(ABSTRACT)
        .and()
        .arePublic()
        .should(haveAPublicConstructorWithoutArguments())
        .check(MAIN);
  }

  @Test
  void checks_the_classes_that_it_names() {
    assertThat(MAIN.that(resideInAPackage(FLOW))).isNotEmpty();
    assertThat(MAIN.that(resideInAPackage(JOSE))).isNotEmpty();
    assertThat(MAIN.contain(PollHandler.class)).isTrue();
    assertThat(MAIN.contain(ArchitectureTest.class)).isFalse();
  }

  private static DescribedPredicate<JavaClass> ours(String... packages) {
    return resideInAnyPackage(packages);
  }

  /// Leaves out `Throwable`, which every try-with-resources catches and throws on.
  private static boolean catchesMalformedRequests(JavaClass type) {
    return type.getCodeUnits().stream()
        .flatMap(unit -> unit.getTryCatchBlocks().stream())
        .flatMap(block -> block.getCaughtThrowables().stream())
        .anyMatch(caught ->
            caught.isAssignableTo(Exception.class)
                && caught.isAssignableFrom(MalformedRequest.class));
  }

  private static String elementOf(JavaClass type) {
    return type.getBaseComponentType().getPackageName();
  }

  private static boolean isPrimitive(JavaClass type) {
    return type.getBaseComponentType().isPrimitive();
  }

  private static ArchCondition<JavaClass> haveAPublicConstructorWithoutArguments() {
    return new ArchCondition<>("have a public constructor without arguments") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        var found =
            type.tryGetConstructor()
                .map(constructor -> constructor.getModifiers().contains(PUBLIC))
                .orElse(false);
        events.add(new SimpleConditionEvent(type, found, type.getName() + " has none"));
      }
    };
  }
}
