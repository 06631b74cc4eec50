package dev.flotilla.balancer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
final class WallsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.flotilla.balancer");

  @Test
  void ofOurOwnModulesOnlyProtoIsKnownHere() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.flotilla.raft..",
            "dev.flotilla.kv..",
            "dev.flotilla.launcher..",
            "dev.flotilla.simulation..",
            "dev.flotilla.bench..")
        .check(CLASSES);
  }

  @Test
  void theRingKnowsNothingButSlotsAndHashing() {
    classes()
        .that()
        .resideInAPackage("..ring..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jspecify..",
            "com.dynatrace.hash4j..",
            "dev.flotilla.slot..",
            "dev.flotilla.balancer.ring..")
        .check(CLASSES);
  }

  @Test
  void routingKnowsNoHttpSpringThreadsOrSockets() {
    classes()
        .that()
        .resideInAPackage("..routing..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.nio..",
            "java.io..",
            "java.security..",
            "java.time..",
            "java.util..",
            "org.jspecify..",
            "com.google.protobuf..",
            "com.github.benmanes.caffeine..",
            "io.github.resilience4j..",
            "dev.flotilla.slot..",
            "dev.flotilla.proto..",
            "dev.flotilla.balancer.ring..",
            "dev.flotilla.balancer.routing..")
        .check(CLASSES);
  }

  @Test
  void theViewKnowsNoHttpSpringThreadsOrSockets() {
    noClasses()
        .that()
        .resideInAPackage("..view..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..balancer.http..",
            "..balancer.wire..",
            "org.springframework..",
            "jakarta..",
            "io.grpc..",
            "java.net..")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.concurrent\\.(Executor.*|.*Executor|ForkJoin.*)")
        .check(CLASSES);
  }

  /**
   * The simulator runs routing as it is, so nothing in it may have a clock, a thread or a dice of
   * its own.
   */
  @Test
  void routingIsDeterministic() {
    noClasses()
        .that()
        .resideInAnyPackage("..routing..", "..ring..")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(Thread.class, "start")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.concurrent\\.(Executor.*|.*Executor|ForkJoin.*|ThreadLocalRandom)")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.(Random|Timer|UUID)|java\\.security\\.SecureRandom")
        .check(CLASSES);
  }
}
