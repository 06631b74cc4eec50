package dev.flotilla.simulation.mutants;

import java.util.List;

/** Snapshots: taking, sending, installing. */
final class SnapshotMutants {
  private static final String CORE = "raft-node/src/main/java/dev/flotilla/raft/core/";
  private static final String RUNTIME = "raft-node/src/main/java/dev/flotilla/raft/runtime/";
  private static final String SNAPSHOT = "raft-node/src/main/java/dev/flotilla/raft/snapshot/";
  private static final String KV = "kv-fsm/src/main/java/dev/flotilla/kv/";

  private SnapshotMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
                "snapshot-acked-before-durable",
                "H42",
                "a snapshot is acknowledged before the log begins at it on disk")
            .in(Focus.SNAPSHOTS)
            .edit(
                CORE + "Following.java",
                "private void acknowledge(int to, long matchIndex) {"
                    + " replica.out.sendWhenDurable(",
                "private void acknowledge(int to, long matchIndex) { replica.out.sendNow("),
        Mutant.of(
                "snapshot-over-a-matching-log",
                "H41",
                "a snapshot replaces a log that holds it and more")
            .within(500)
            .in(Focus.SNAPSHOTS)
            .edit(
                CORE + "Following.java",
                "if (log.matches(base.index(), base.term())) {",
                "if (log.matches(base.index(), base.term()) && base.index() < 0) {"),
        Mutant.of(
                "old-snapshot-installed", "H41", "a snapshot behind the commit index is installed")
            .in(Focus.SNAPSHOTS)
            .edit(
                CORE + "Following.java",
                "if (base.index() <= commitIndex) {",
                "if (base.index() < 0) {")
            .edit(
                CORE + "Following.java",
                "if (log.matches(base.index(), base.term())) {",
                "if (base.index() > commitIndex && log.matches(base.index(), base.term())) {")
            .edit(
                CORE + "Commitment.java",
                "if (index <= commitIndex) { throw",
                "if (index < 0) { throw")
            .edit(
                CORE + "Invariants.java",
                "require(commit >= commitBefore, \"the commit index never goes back\");",
                ""),
        Mutant.of("snapshot-without-sessions", "H57", "a snapshot does not hold the sessions")
            .in(Focus.SNAPSHOTS)
            .edit(
                KV + "engine/InMemoryEngine.java",
                "EngineImage.write(disk, target + \"/\" + IMAGE, entries);",
                "NavigableMap<byte[], byte[]> fewer = new TreeMap<>(entries);"
                    + " fewer.keySet().removeIf(key -> (key[0] & 0xFF) < 0xFF && key[2] =="
                    + " 0x10); EngineImage.write(disk, target + \"/\" + IMAGE, fewer);"),
        Mutant.of(
                "install-keeps-cached-revisions",
                "H40",
                "revisions remembered before a snapshot outlive it")
            .in(Focus.SNAPSHOTS)
            .edit(
                KV + "ReplicatedState.java",
                "Arrays.fill(slotRevisions, NOT_LOADED); byte[] table",
                "if (applied.index() == 0) { Arrays.fill(slotRevisions, NOT_LOADED); }"
                    + " byte[] table"),
        Mutant.of(
                "install-keeps-the-expiry-floor",
                "H40",
                "what is known of expiry before a snapshot outlives it")
            .within(500)
            .in(Focus.SNAPSHOTS)
            .edit(KV + "KvStateMachine.java", "state.load(); expiry.load();", "state.load();"),
        Mutant.of(
                "failed-snapshot-never-retried",
                "H43",
                "a follower whose snapshot failed is given up")
            .in(Focus.SNAPSHOTS)
            .edit(
                CORE + "SnapshotDecision.java",
                "progress.toProbe(progress.matchIndex + 1); progress.pause(round);" + " return;",
                "return;"),
        Mutant.of(
                "snapshot-name-not-synced",
                "H33",
                "the folder is not synced after a snapshot got its name")
            .in(Focus.SNAPSHOTS)
            .edit(
                SNAPSHOT + "SnapshotStore.java",
                "disk.rename(finishedDirectory, snapshot.directory());"
                    + " disk.syncDirectory(directory);",
                "disk.rename(finishedDirectory, snapshot.directory());"),
        Mutant.of(
                "snapshot-files-not-compared",
                "H39 H42",
                "files of a snapshot are not compared with their checksums")
            .within(500)
            .in(Focus.TRANSFERS)
            .edit(
                SNAPSHOT + "IncomingSnapshot.java",
                "boolean same = read.size() == expected.getSizeBytes() && read.crc32c() == expected.getCrc32C();",
                "boolean same = true;"));
  }
}
