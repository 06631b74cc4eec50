package dev.flotilla.simulation.mutants;

import java.util.List;

/** What is on disk, and when. */
final class StorageMutants {
  private static final String LOG = "raft-node/src/main/java/dev/flotilla/raft/log/";
  private static final String RUNTIME = "raft-node/src/main/java/dev/flotilla/raft/runtime/";
  private static final String KV = "kv-fsm/src/main/java/dev/flotilla/kv/";

  private StorageMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
                "messages-before-the-sync",
                "H10 H35",
                "what waits for the disk leaves before the sync")
            .in(Focus.CRASHES)
            .edit(
                RUNTIME + "NodeLoop.java",
                "for (int syncs = 0; wal.isDirty() && syncs < MAX_SYNCS_PER_PASS;"
                    + " syncs++) { context.peers.sendImmediate();",
                "for (int syncs = 0; wal.isDirty() && syncs < MAX_SYNCS_PER_PASS;"
                    + " syncs++) { context.peers.sendAll();"),
        Mutant.of("failed-fsync-retried", "H32", "a sync that failed is tried again, and believed")
            .edit(
                LOG + "WriteAheadLog.java",
                "reclaim(); advance(); } catch (IOException e) { failure = e; throw e; }",
                "reclaim(); advance(); } catch (IOException e) { writer.sync(); }"),
        Mutant.of("log-never-synced", "H35", "the log is written and not synced")
            .in(Focus.CRASHES)
            .edit(LOG + "BatchWriter.java", "segment.file.sync(); syncedBelow", "syncedBelow"),
        Mutant.of(
                "segment-name-not-synced",
                "H33",
                "the folder is not synced after a segment got its name")
            .in(Focus.CRASHES)
            .edit(
                LOG + "SegmentSupply.java",
                "disk.rename(path + LogFormat.STAGING_SUFFIX, path);"
                    + " disk.syncDirectory(directory);",
                "disk.rename(path + LogFormat.STAGING_SUFFIX, path);"),
        Mutant.of(
                "image-name-not-synced",
                "H33",
                "the folder is not synced after the state got its name")
            .in(Focus.CRASHES)
            .edit(
                KV + "engine/InMemoryEngine.java",
                "disk.rename(next, directory + \"/\" + IMAGE);" + " disk.syncDirectory(directory);",
                "disk.rename(next, directory + \"/\" + IMAGE);"),
        Mutant.of(
                "damage-taken-for-the-end",
                "H34",
                "the log ends at the first record that cannot be read")
            .in(Focus.DAMAGE)
            .edit(
                LOG + "Recovery.java",
                "if (proof != null) {",
                "if (proof != null && nextBatch < 0) {"),
        Mutant.of(
                "compaction-without-a-flush",
                "H36",
                "the log is cut where the state machine is, flushed or not")
            .in(Focus.CRASHES)
            .edit(
                RUNTIME + "Applier.java",
                "position = whole ? slot.machine.flush() : slot.machine.flushBehind();",
                "position = slot.machine.applied();"),
        Mutant.of(
                "flush-behind-promised-too-early",
                "H36",
                "a flush that has only been asked for counts as made")
            .in(Focus.CRASHES)
            .edit(
                KV + "KvStateMachine.java",
                "engine.flushBehind(() -> durable = position);",
                "engine.flushBehind(() -> {}); durable = position;"),
        Mutant.of(
                "drained-without-the-applied-index",
                "H36",
                "what was gathered is written without what lies in the tree")
            .in(Focus.CRASHES)
            .edit(
                KV + "engine/WriteBackEngine.java",
                "segment.playInto(sink); tree.forEach(",
                "segment.playInto(sink); newTree().forEach("),
        Mutant.of(
                "applied-index-behind-the-data",
                "H36",
                "the applied index written with the data is the one before")
            .in(Focus.CRASHES)
            .edit(
                KV + "ReplicatedState.java",
                ".writeNumber(position.index()) .writeNumber(position.term())",
                ".writeNumber(applied.index()) .writeNumber(applied.term())"),
        Mutant.of("hard-state-not-carried-over", "H12 H13", "a new segment begins without the vote")
            .in(Focus.CRASHES)
            .edit(
                LOG + "BatchWriter.java",
                "payload.putInt(group.hardState().vote());",
                "payload.putInt(0);"),
        Mutant.of(
                "segments-of-others-reclaimed",
                "H44",
                "a segment goes when the last group no longer needs it")
            .edit(
                LOG + "WriteAheadLog.java",
                "oldestNeeded = Math.min(oldestNeeded, Location.sequence(state.entries().firstLocation()));",
                "oldestNeeded = Location.sequence(state.entries().firstLocation());"));
  }
}
