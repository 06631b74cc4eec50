package dev.flotilla.raft;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls between the packages of this module. */
final class ArchitectureTest {
  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.flotilla.raft");

  /**
   * Ways out of determinism: other threads, clocks, files, sockets, and randomness nobody seeded.
   */
  private static final DescribedPredicate<JavaClass> THE_WORLD =
      resideInAnyPackage(
              "java.util.concurrent..",
              "java.time..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.net..",
              "java.security..")
          .or(
              named(
                  "java\\.lang\\.(Thread|ThreadLocal|ScopedValue|Process.*|Runtime)"
                      + "|java\\.util\\.(Random|SplittableRandom|Timer.*|Date|Calendar|UUID)"
                      + "|java\\.io\\.(File|.*Stream|.*Reader|.*Writer|RandomAccessFile)"))
          .and(not(named("java\\.io\\.ByteArray(In|Out)putStream|java\\.io\\.OutputStream")))
          .as("threads, clocks, disks, sockets or unseeded randomness");

  private static DescribedPredicate<JavaClass> named(String pattern) {
    return DescribedPredicate.describe(
        "named " + pattern, type -> type.getFullName().matches(pattern));
  }

  private static DescribedPredicate<JavaAccess<?>> aClockOrTheWorldsRandomness() {
    return DescribedPredicate.describe(
        "is a clock, the environment, or randomness nobody seeded",
        access ->
            access.getTargetOwner().getFullName().matches("java\\.lang\\.(System|Math|StrictMath)")
                && access
                    .getName()
                    .matches(
                        "nanoTime|currentTimeMillis|identityHashCode|random|getenv|getProperty"));
  }

  @Test
  void theCoreImportsTheJdkOnly() {
    classes()
        .that()
        .resideInAPackage("dev.flotilla.raft.core..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("dev.flotilla.raft.core..", "java..", "org.jspecify.annotations"))
        .check(MODULE);
  }

  @Test
  void theCoreTouchesNoThreadClockDiskSocketOrRandomness() {
    noClasses()
        .that()
        .resideInAPackage("dev.flotilla.raft.core..")
        .should()
        .dependOnClassesThat(THE_WORLD)
        .orShould()
        .accessTargetWhere(aClockOrTheWorldsRandomness())
        .check(MODULE);
  }

  @Test
  void filesAreTouchedByTheRealDiskOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.flotilla.raft.env..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.nio.file..", "java.nio.channels..")
                .or(named("java\\.io\\.(File|RandomAccessFile|FileInputStream|FileOutputStream)"))
                .as("files"))
        .check(MODULE);
  }

  /** The transport's redialling and back-off live on real time, outside of what is simulated. */
  @Test
  void clocksAreReadByTheRealClockOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.flotilla.raft.env..", "dev.flotilla.raft.transport..")
        .should()
        .accessTargetWhere(aClockOrTheWorldsRandomness())
        .check(MODULE);
  }

  @Test
  void whatIsSimulatedStartsNoThreads() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.flotilla.raft.log..",
            "dev.flotilla.raft.snapshot..",
            "dev.flotilla.raft.fsm..",
            "dev.flotilla.raft.runtime..")
        .and()
        .doNotHaveFullyQualifiedName("dev.flotilla.raft.runtime.DutyThread")
        .and()
        .doNotHaveFullyQualifiedName("dev.flotilla.raft.runtime.RaftNode")
        .should()
        .dependOnClassesThat(
            named(
                "java\\.lang\\.Thread|java\\.util\\.Timer.*"
                    + "|java\\.util\\.concurrent\\.(Executor.*|.*Executor|ForkJoin.*|.*Thread.*)"
                    + "|java\\.util\\.concurrent\\.locks\\.LockSupport"))
        .check(MODULE);
  }

  @Test
  void theLogKnowsNoProtocol() {
    noClasses()
        .that()
        .resideInAPackage("dev.flotilla.raft.log..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.flotilla.raft.runtime..",
                "dev.flotilla.raft.transport..",
                "dev.flotilla.raft.snapshot..",
                "dev.flotilla.raft.fsm..",
                "dev.flotilla.proto.."))
        .check(MODULE);
  }

  @Test
  void snapshotsKnowNothingOfWhatDrivesThem() {
    noClasses()
        .that()
        .resideInAPackage("dev.flotilla.raft.snapshot..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.flotilla.raft.runtime..", "dev.flotilla.raft.log.."))
        .check(MODULE);
  }

  @Test
  void grpcStaysInTheTransport() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.flotilla.raft.transport..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.grpc..", "io.netty.."))
        .check(MODULE);
  }

  @Test
  void noTwoPackagesNeedEachOther() {
    slices().matching("dev.flotilla.raft.(*)..").should().beFreeOfCycles().check(MODULE);
  }

  @Test
  void theWireFormatKnowsTheCoreOnly() {
    noClasses()
        .that()
        .resideInAPackage("dev.flotilla.raft.wire..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.flotilla.raft..")
                .and(
                    not(
                        resideInAnyPackage(
                            "dev.flotilla.raft.wire..", "dev.flotilla.raft.core.."))))
        .check(MODULE);
  }

  @Test
  void aStateMachineKnowsNothingOfConsensus() {
    classes()
        .that()
        .resideInAPackage("dev.flotilla.raft.fsm..")
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage("dev.flotilla.raft.fsm..")
                .or(resideInAPackage("java.."))
                .or(resideInAPackage("org.jspecify..")))
        .check(MODULE);
  }
}
