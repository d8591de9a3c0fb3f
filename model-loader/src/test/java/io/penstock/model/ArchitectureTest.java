package io.penstock.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The directions between packages: tensorflow → lifecycle → fitness, memory, source → model. */
final class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.penstock.model");

  @Test
  void shouldKnowTensorFlowInOnePackageOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.penstock.model.tensorflow..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.tensorflow..", "org.bytedeco..", "com.google.protobuf..")
        .because("TensorFlow is replaced, upgraded and understood in one place")
        .check(CLASSES);
  }

  @Test
  void shouldKnowTheTensorFlowPackageByItsInterfacesOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.penstock.model.tensorflow..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.penstock.model.tensorflow..")
        .check(CLASSES);
  }

  @Test
  void shouldKeepSourcesIgnorantOfWhatBecomesOfTheirVersions() {
    noClasses()
        .that()
        .resideInAPackage("io.penstock.model.source..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.penstock.model.lifecycle..", "io.penstock.model.loading")
        .check(CLASSES);
  }

  @Test
  void shouldLoadAVersionWithoutRegardToOthers() {
    noClasses()
        .that()
        .resideInAPackage("io.penstock.model.loading")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.penstock.model.lifecycle..", "io.penstock.model.source..")
        .check(CLASSES);
  }

  @Test
  void shouldJudgeFitnessByRunsAlone() {
    noClasses()
        .that()
        .resideInAnyPackage("io.penstock.model.fitness", "io.penstock.model.memory")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.penstock.model.lifecycle", "io.penstock.model.loading", "io.penstock.model.source")
        .check(CLASSES);
  }

  @Test
  void shouldKeepTheValueTypesOnTheirOwn() {
    classes()
        .that()
        .resideInAPackage("io.penstock.model")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.penstock.model", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void shouldHaveNoCycles() {
    slices().matching("io.penstock.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void shouldKnowNeitherKafkaNorAvro() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "org.apache.avro..")
        .check(CLASSES);
  }
}
