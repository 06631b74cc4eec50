package dev.flotilla.kv;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls of this module. */
class ArchitectureTest {
  private static final String[] STATE_MACHINE = {
    "java.lang..",
    "java.util",
    "java.util.function..",
    "java.io..",
    "java.nio.charset..",
    "org.jspecify..",
    "com.google.protobuf..",
    "com.dynatrace.hash4j.hashing..",
    "dev.flotilla.kv..",
    "dev.flotilla.proto.kv.v1..",
    "dev.flotilla.slot..",
    "dev.flotilla.raft.fsm..",
  };

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.flotilla.kv");

  /** No clock, no thread, no randomness, no file: a state machine is a function of its log. */
  @Test
  void theStateMachineKnowsOnlyItsProtocolItsEngineAndItsWall() {
    classes()
        .that()
        .resideInAPackage("dev.flotilla.kv")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(STATE_MACHINE)
        .check(classes);
  }

  @Test
  void nothingReadsAClockOrDrawsRandomNumbers() {
    noClasses()
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "identityHashCode", Object.class)
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.Random|java\\.util\\.UUID|java\\.lang\\.Thread")
        .check(classes);
  }

  @Test
  void enginesDoNotKnowWhatTheyKeep() {
    noClasses()
        .that()
        .resideInAPackage("dev.flotilla.kv.engine")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.flotilla.kv", "dev.flotilla.proto..", "dev.flotilla.slot..")
        .check(classes);
  }

  @Test
  void ofTheNodeOnlyItsDiskIsSeenByEngines() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.flotilla.raft.core..",
            "dev.flotilla.raft.log..",
            "dev.flotilla.raft.runtime..",
            "dev.flotilla.raft.snapshot..",
            "dev.flotilla.raft.transport..")
        .check(classes);
  }

  @Test
  void onlyTheRocksDbEngineTouchesTheFileSystem() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.engine\\.(Rocks|EngineFolders).*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "org.rocksdb..")
        .check(classes);
  }
}
