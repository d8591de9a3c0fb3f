package io.penstock;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which package may know what, in the service and in the modules that it is made of.
 *
 * <p>A rule that judges no class fails, which is ArchUnit's default. A rule that keeps something in
 * one package also fails when that package does not use it: a misspelt name would forbid nothing.
 */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.penstock");

  private static final String KAFKA = "org.apache.kafka..";

  @Test
  void shouldKeepTheInternalsOfKafkaStreamsInOneSmallPackage() {
    assertUsedOnlyIn("io.penstock.precommit", "org.apache.kafka.streams..internals..");
  }

  @Test
  void shouldKeepTensorFlowInOnePackageOfTheModelLoader() {
    assertUsedOnlyIn("io.penstock.model.tensorflow..", "org.tensorflow..", "org.bytedeco..");
  }

  @Test
  void shouldLogThroughSlf4jEverywhereElse() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.penstock.log", "io.penstock.localstack")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.logging.log4j..")
        .check(CLASSES);
  }

  private static void assertUsedOnlyIn(String user, String... used) {
    noClasses()
        .that()
        .resideOutsideOfPackage(user)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(used)
        .check(CLASSES);
    assertThat(CLASSES.that(resideInAPackage(user)))
        .as("%s uses %s", user, String.join(", ", used))
        .anyMatch(type -> dependsOn(type, used));
  }

  private static boolean dependsOn(JavaClass type, String... packages) {
    return type.getDirectDependenciesFromSelf().stream()
        .anyMatch(dependency -> resideInAnyPackage(packages).test(dependency.getTargetClass()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.penstock.batching",
        "io.penstock.batching.auto",
        "io.penstock.batching.plan",
        "io.penstock.config",
        "io.penstock.control",
        "io.penstock.control.message",
        "io.penstock.http",
        "io.penstock.inference",
        "io.penstock.model..",
        "io.penstock.registry",
        "io.penstock.replay.timeline"
      })
  void shouldKeepWhatDecidesFreeOfKafka(String decides) {
    noClasses()
        .that()
        .resideInAPackage(decides)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(KAFKA)
        .check(CLASSES);
  }

  @Test
  void shouldLetCodecsKnowOfKafkaItsHeadersOnly() {
    noClasses()
        .that()
        .resideInAPackage("io.penstock.codec..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(KAFKA)
                .and(resideInAPackage("org.apache.kafka.common.header").negate()))
        .check(CLASSES);
  }

  @Test
  void shouldWalkARecordsWayInOneDirection() {
    noClasses()
        .that()
        .resideInAPackage("io.penstock.codec..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.penstock.batching",
            "io.penstock.inference",
            "io.penstock.pipeline",
            "io.penstock.streams")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.penstock.batching")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.penstock.batching.auto",
            "io.penstock.inference",
            "io.penstock.pipeline",
            "io.penstock.streams")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.penstock.inference")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.penstock.pipeline", "io.penstock.streams")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.penstock.pipeline")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.penstock.inference")
        .check(CLASSES);
  }

  @Test
  void shouldHaveNoCycles() {
    slices().matching("io.penstock.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void shouldKeepTheModelLoaderAndTheSchemasApart() {
    noClasses()
        .that()
        .resideInAPackage("io.penstock.model..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.penstock.schemas..", "org.apache.avro..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.penstock.schemas..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.penstock.model..")
        .check(CLASSES);
  }
}
