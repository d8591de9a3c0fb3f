package io.penstock.control;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ControlArchitectureTest {

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.penstock.control");

  @Test
  void shouldThinkWithoutKafka() {
    noClasses()
        .that()
        .resideInAnyPackage("io.penstock.control", "io.penstock.control.message")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "io.penstock.control.kafka..")
        .because("the protocol is simulated and replayed without a broker")
        .check(classes);
  }

  @Test
  void shouldThinkWithoutThreads() {
    noClasses()
        .that()
        .resideInAPackage("io.penstock.control")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(Thread.class.getName())
        .because("threads live at the edge, in package kafka")
        .check(classes);
  }

  @Test
  void shouldKeepMessagesFreeOfTheProtocol() {
    noClasses()
        .that()
        .resideInAPackage("io.penstock.control.message")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.penstock.control")
        .because("whoever writes to the control topics needs the messages only")
        .check(classes);
  }
}
