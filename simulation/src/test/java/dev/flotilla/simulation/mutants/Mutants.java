package dev.flotilla.simulation.mutants;

import java.util.List;
import java.util.stream.Stream;

/** Every mutant there is. */
final class Mutants {
  private Mutants() {}

  static List<Mutant> all() {
    return Stream.of(
            ElectionMutants.all(),
            ReplicationMutants.all(),
            ReadMutants.all(),
            StorageMutants.all(),
            SnapshotMutants.all(),
            StateMachineMutants.all(),
            AnswerMutants.all(),
            MembershipMutants.all())
        .flatMap(List::stream)
        .toList();
  }
}
