package dev.flotilla.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.flotilla.bench");

  @Test
  void theDoorWallImportsNothingElseOfTheModule() {
    noClasses()
        .that()
        .resideInAPackage("dev.flotilla.bench.door")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.flotilla.bench.http",
            "dev.flotilla.bench.stream",
            "dev.flotilla.bench.distribution",
            "dev.flotilla.bench.load",
            "dev.flotilla.bench.recorder",
            "dev.flotilla.bench.report",
            "dev.flotilla.bench.ledger",
            "dev.flotilla.bench.kill")
        .check(CLASSES);
  }

  @Test
  void loopsKnowDoorsOnlyByTheirWall() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.flotilla.bench.load", "dev.flotilla.bench.recorder")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.flotilla.bench.http", "dev.flotilla.bench.stream", "dev.flotilla.bench.report")
        .check(CLASSES);
  }

  @Test
  void theDatabaseIsMeasuredFromOutside() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.flotilla.raft..", "dev.flotilla.kv..", "dev.flotilla.launcher..")
        .check(CLASSES);
  }
}
