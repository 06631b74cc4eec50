package dev.flotilla.simulation.determinism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.Router;
import dev.flotilla.kv.KvStateMachine;
import dev.flotilla.raft.core.RaftCore;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.simulation.Simulation;
import dev.flotilla.slot.Slots;
import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What runs inside the simulator gets its time, chance, files and threads from the simulator alone,
 * and walks nothing in an order that another virtual machine would choose otherwise.
 */
final class DeterminismTest {
  /** Packages, by internal name, whose classes run inside. */
  private static final List<String> INSIDE =
      List.of(
          "dev/flotilla/raft/core/",
          "dev/flotilla/raft/log/",
          "dev/flotilla/raft/snapshot/",
          "dev/flotilla/raft/runtime/",
          "dev/flotilla/raft/fsm/",
          "dev/flotilla/raft/env/",
          "dev/flotilla/kv/",
          "dev/flotilla/balancer/ring/",
          "dev/flotilla/balancer/routing/",
          "dev/flotilla/slot/",
          "dev/flotilla/simulation/",
          "dev/flotilla/history/");

  /** What of these packages stays outside, and why. */
  private static final Map<String, String> OUTSIDE = new LinkedHashMap<>();

  static {
    OUTSIDE.put("dev/flotilla/raft/runtime/RaftNode", "gives the passes of a node threads");
    OUTSIDE.put("dev/flotilla/raft/runtime/DutyThread", "is a thread");
    OUTSIDE.put("dev/flotilla/raft/env/NioDisk", "is the real disk");
    OUTSIDE.put("dev/flotilla/raft/env/NioDiskFile", "is the real disk");
    OUTSIDE.put("dev/flotilla/raft/env/FileTree", "deletes real files");
    OUTSIDE.put("dev/flotilla/raft/env/SystemClock", "is the real clock");
    OUTSIDE.put("dev/flotilla/raft/env/SystemStreams", "is real chance");
    OUTSIDE.put("dev/flotilla/raft/env/DirectoryLock", "locks a real folder");
    OUTSIDE.put("dev/flotilla/kv/engine/RocksDbEngine", "keeps real files");
    OUTSIDE.put("dev/flotilla/kv/engine/RocksDatabase", "keeps real files");
    OUTSIDE.put("dev/flotilla/kv/engine/EngineFolders", "keeps real files");
    OUTSIDE.put("dev/flotilla/simulation/SimulateCommand", "tells people how fast it goes");
  }

  /** Class, what it does all the same, and why that is harmless. */
  private static final Map<String, String> HARMLESS = new LinkedHashMap<>();

  static {
    String memo = "is a memo of states that is asked, never walked";
    HARMLESS.put(
        "dev/flotilla/history/Search may order a hash table by the hash of"
            + " Ldev/flotilla/history/Search$Placed<TS;",
        memo);
    HARMLESS.put("dev/flotilla/history/Search uses java/lang/Object.hashCode()I", memo);
  }

  private final SortedMap<String, ClassModel> ours = ours();

  @Test
  void nothingInsideDependsOnWhereAndWhenItRuns() {
    Chance chance = new Chance(ours);
    List<String> found = new ArrayList<>();
    Set<String> unneeded = new TreeSet<>(OUTSIDE.keySet());
    Set<String> unusedExcuses = new TreeSet<>(HARMLESS.keySet());
    ours.forEach((name, model) -> {
      if (INSIDE.stream().noneMatch(name::startsWith)) {
        return;
      }
      String top = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
      for (String finding : chance.in(model)) {
        if (OUTSIDE.containsKey(top)) {
          unneeded.remove(top);
        } else if (HARMLESS.containsKey(top + " " + finding)) {
          unusedExcuses.remove(top + " " + finding);
        } else {
          found.add(name + " " + finding);
        }
      }
    });
    assertThat(found).isEmpty();
    assertThat(unneeded).as("exceptions for classes that do nothing forbidden").isEmpty();
    assertThat(unusedExcuses).as("excuses for what nobody does").isEmpty();
  }

  @Test
  void allModulesAreLookedAt() {
    for (String prefix : INSIDE) {
      assertThat(ours.keySet()).as(prefix).anyMatch(name -> name.startsWith(prefix));
    }
  }

  @Test
  void everyOffenceIsSeen() throws IOException {
    Chance chance = new Chance(ClassFiles.of(DeterminismTest.class));
    Map<String, Set<String>> seen = new TreeMap<>();
    for (ClassModel model : ClassFiles.of(DeterminismTest.class).values()) {
      seen.put(model.thisClass().asInternalName().replaceFirst(".*\\$", ""), chance.in(model));
    }
    Map<String, String> expected =
        Map.of(
            "ReadsAClock", "uses java/lang/System.nanoTime.*",
            "StartsAThread", "refers to java/lang/Thread",
            "WaitsOnTheSide", "uses java/util/concurrent/CompletableFuture.thenRunAsync.*",
            "DrawsWithoutASeed", "uses java/util/Random.<init>.*",
            "DrawsAnIdentity", "uses java/util/UUID.randomUUID.*",
            "TakesAnAddress", "uses java/lang/System.identityHashCode.*",
            "WalksASaltedSet", "uses java/util/Set.of.*",
            "CopiesASaltedMap", "uses java/util/Map.copyOf.*",
            "HashesAnEnum", "may order a hash table by the hash of Ljava/util/concurrent/TimeUnit;",
            "HashesARecordOfArrays", "may order a hash table by the hash of .*WithArray;");
    expected.forEach((name, finding) ->
        assertThat(seen.get(name)).as(name).anyMatch(words -> Pattern.matches(finding, words)));
    assertThat(seen.get("IsHarmless")).isEmpty();
    assertThat(seen.get("HashesWhatIsStable")).isEmpty();
  }

  private static SortedMap<String, ClassModel> ours() {
    SortedMap<String, ClassModel> all = new TreeMap<>();
    try {
      for (Class<?> anchor :
          List.of(
              RaftCore.class,
              SimulatedDisk.class,
              KvStateMachine.class,
              Router.class,
              Slots.class,
              Simulation.class)) {
        all.putAll(ClassFiles.besides(anchor));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  record WithArray(byte[] bytes) {}

  record WithText(String text, int number) {}

  static final class ReadsAClock {
    long now() {
      return System.nanoTime();
    }
  }

  static final class StartsAThread {
    Thread thread(Runnable work) {
      return Thread.ofPlatform().start(work);
    }
  }

  static final class WaitsOnTheSide {
    CompletableFuture<Void> later(CompletableFuture<Void> first, Runnable work) {
      return first.thenRunAsync(work);
    }
  }

  static final class DrawsWithoutASeed {
    List<Random> all() {
      return List.of(new Random(), new SecureRandom());
    }
  }

  static final class DrawsAnIdentity {
    String name() {
      return UUID.randomUUID().toString();
    }
  }

  static final class TakesAnAddress {
    int address(Object of) {
      return System.identityHashCode(of);
    }
  }

  static final class WalksASaltedSet {
    Set<String> names() {
      return Set.of("a", "b");
    }
  }

  static final class CopiesASaltedMap {
    Map<String, String> copy(Map<String, String> of) {
      return Map.copyOf(of);
    }
  }

  static final class HashesAnEnum {
    final Map<TimeUnit, Integer> counts = new HashMap<>();
  }

  static final class HashesARecordOfArrays {
    int count(List<WithArray> all) {
      Set<WithArray> distinct = new HashSet<>(all);
      return distinct.size();
    }
  }

  static final class IsHarmless {
    final Map<TimeUnit, Integer> counts = new EnumMap<>(TimeUnit.class);
    final Set<String> none = Set.of();
    final Set<String> one = Set.of("a");

    int draw(long seed) {
      return new TreeSet<>(List.of(new Random(seed).nextInt())).size();
    }
  }

  static final class HashesWhatIsStable {
    final Map<WithText, Integer> counts = new HashMap<>();
    final Set<Long> seen = new HashSet<>();
  }
}
