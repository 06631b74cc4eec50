package dev.flotilla.simulation.mutants;

import java.util.List;

/** Sessions, time and conditions of the key-value state machine. */
final class StateMachineMutants {
  private static final String KV = "kv-fsm/src/main/java/dev/flotilla/kv/";

  private StateMachineMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("retry-takes-effect-twice", "H57", "a repeated command is carried out again")
            .in(Focus.RETRIES)
            .edit(
                KV + "CommandExecutor.java",
                "if (before != null) {",
                "if (before != null && seq < 0) {"),
        Mutant.of(
                "answer-of-another-number",
                "H57",
                "a retry gets the newest answer, whatever its number")
            .in(Focus.RETRIES)
            .edit(
                KV + "Session.java",
                "return answers.get(seq);",
                "return answers.containsKey(seq) ? answers.lastEntry().getValue() : null;"),
        Mutant.of(
                "window-overflow-leaves-no-trace",
                "H57",
                "an answer that is forgotten leaves its command as good as new")
            .in(Focus.RETRIES)
            .edit(
                KV + "Session.java",
                "raiseFloor(answers.firstKey() + 1); } } /** * Forgets the answers but",
                "answers.pollFirstEntry(); } } /** * Forgets the answers but"),
        Mutant.of(
                "acknowledged-answers-leave-no-trace",
                "H57",
                "an acknowledged command may be carried out again")
            .in(Focus.RETRIES)
            .edit(
                KV + "Session.java",
                "floor = to; answers.headMap(to, false).clear();",
                "answers.headMap(to, false).clear();")
            .edit(KV + "CommandExecutor.java", "seq < ackedBelow || ", ""),
        Mutant.of(
                "expiry-by-the-local-clock",
                "H57",
                "time inside the state machine is that of the replica")
            .edit(
                KV + "ReplicatedState.java",
                "clockMillis = Math.max(clockMillis, Math.min(stampMillis, RecordFormat.MAX_CLOCK_MILLIS));",
                "clockMillis = Math.max(clockMillis, Math.min(stampMillis, RecordFormat.MAX_CLOCK_MILLIS) + skewMillis);")
            .edit(
                KV + "ReplicatedState.java",
                "private long clockMillis;",
                "private static int made;\n  private final int skewMillis = ++made % 50;\n  private long clockMillis;"),
        Mutant.of(
                "clock-goes-back",
                "H57",
                "time inside the state machine follows the stamp, even backwards")
            .within(500)
            .edit(
                KV + "ReplicatedState.java",
                "clockMillis = Math.max(clockMillis, Math.min(stampMillis, RecordFormat.MAX_CLOCK_MILLIS));",
                "clockMillis = stampMillis == 0 ? clockMillis : Math.min(stampMillis, RecordFormat.MAX_CLOCK_MILLIS);"),
        Mutant.of(
                "batch-does-not-read-itself", "H37", "commands of one batch do not see each other")
            .in(Focus.RETRIES)
            .edit(
                KV + "StagedWrites.java",
                "byte[] value = staged.get(key); if (value == null) {",
                "byte[] value = staged.get(key); if (value == null || key[2] == 0x20) {"),
        Mutant.of("condition-not-looked-at", "H37", "a conditional write ignores its condition")
            .in(Focus.RETRIES)
            .edit(
                KV + "KeySpace.java",
                "case REVISION_IS -> current != null && current.revision() == condition.getRevisionIs();",
                "case REVISION_IS -> current != null;"),
        Mutant.of(
                "foreign-slots-served",
                "design 6",
                "a command is carried out for a slot the group does not own")
            .in(Focus.RINGS)
            .edit(
                KV + "CommandExecutor.java",
                "if (!table.owns(slot)) {",
                "if (!table.owns(slot) && table.epoch() < 0) {")
            .edit(
                KV + "QueryExecutor.java",
                "if (!state.slotTable().owns(slot)) {",
                "if (slot < 0) {"));
  }
}
