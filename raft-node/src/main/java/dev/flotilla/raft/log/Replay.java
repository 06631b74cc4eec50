package dev.flotilla.raft.log;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Rebuilds every group's state from the records, in the order in which they were written.
 *
 * <p>The first checkpoint it meets is where it starts; every later one must agree with what was
 * replayed up to it. Entries that stood in deleted segments are counted as absent, and must all
 * have been compacted, reset or replaced by the end.
 */
final class Replay {
  private final SortedMap<Integer, GroupState> groups = new TreeMap<>();
  private final Set<Integer> checkpointed = new HashSet<>();
  private boolean started;
  private boolean starting;
  private long checkpointGroups;

  SortedMap<Integer, GroupState> groups() {
    return groups;
  }

  /**
   * @throws LogDamagedException when the record is valid by itself and yet makes no sense here
   */
  void apply(Record record, String path, long location) throws LogDamagedException {
    try {
      if (!started && record.type() != RecordType.CHECKPOINT) {
        throw new IllegalArgumentException("the segment does not begin with a checkpoint");
      }
      apply(record, location);
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw new LogDamagedException(
          path
              + " at byte "
              + Location.offset(location)
              + ": "
              + record.type()
              + " of group "
              + record.group()
              + ", index "
              + record.index()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Applies records that are written anew, at their new places. */
  void moveTo(Segment segment, BatchWriter writer, List<Recovery.HeldRecord> held)
      throws IOException {
    for (Recovery.HeldRecord record : held) {
      apply(record.record(), segment.path, writer.copy(record.record()));
    }
  }

  private void apply(Record record, long location) {
    RecordType type = record.type();
    if (type == null) {
      throw new IllegalArgumentException("unknown type");
    }
    switch (type) {
      case ENTRY -> entry(group(record), record, location);
      case HARD_STATE ->
          group(record).setHardState(new HardState(record.term(), Math.toIntExact(record.index())));
      case CREATE -> {
        GroupState created = new GroupState(record.group(), record.base());
        if (groups.putIfAbsent(record.group(), created) != null) {
          throw new IllegalArgumentException("the group exists already");
        }
      }
      case COMPACT -> group(record).compactTo(record.base());
      case RESET -> group(record).resetTo(record.base());
      case REMOVE -> {
        group(record);
        groups.remove(record.group());
      }
      case CHECKPOINT -> startCheckpoint(record);
      case CHECKPOINT_GROUP -> checkpointGroup(record);
    }
  }

  private static void entry(GroupState group, Record record, long location) {
    if (EntryKindCode.kind(record.kind()) == null) {
      throw new IllegalArgumentException("entry of unknown kind " + record.kind());
    }
    group.checkAppend(record.index());
    group.truncateFrom(record.index());
    group.append(location, record.payloadLength());
  }

  private void startCheckpoint(Record record) {
    finishCheckpoint();
    starting = !started;
    started = true;
    checkpointGroups = record.index();
    checkpointed.clear();
    if (!starting && checkpointGroups != groups.size()) {
      throw new IllegalArgumentException(
          "the checkpoint counts "
              + checkpointGroups
              + " groups, the log holds "
              + groups.keySet());
    }
  }

  private void checkpointGroup(Record record) {
    ByteBuffer payload = record.payload();
    long lastIndex = payload.getLong();
    HardState hardState = new HardState(payload.getLong(), payload.getInt());
    LogBase base = new LogBase(record.index(), record.term(), MembershipCodec.decode(payload));
    if (!checkpointed.add(record.group())) {
      throw new IllegalArgumentException("the group stands twice in the checkpoint");
    }
    if (starting) {
      GroupState group = new GroupState(record.group(), base);
      group.setHardState(hardState);
      while (group.lastIndex() < lastIndex) {
        group.append(Location.ABSENT, 0);
      }
      groups.put(record.group(), group);
      return;
    }
    GroupState group = group(record);
    if (!group.base().equals(base)
        || !group.hardState().equals(hardState)
        || group.lastIndex() != lastIndex) {
      throw new IllegalArgumentException(
          "the checkpoint says base "
              + base
              + ", "
              + hardState
              + ", last "
              + lastIndex
              + "; the records before it say base "
              + group.base()
              + ", "
              + group.hardState()
              + ", last "
              + group.lastIndex());
    }
  }

  /** Checks that the checkpoint met last was whole. */
  void finishCheckpoint() {
    if (checkpointed.size() != checkpointGroups) {
      throw new IllegalArgumentException(
          "the checkpoint before counts "
              + checkpointGroups
              + " groups and holds "
              + checkpointed.size());
    }
  }

  /**
   * To be called when every record was applied: nothing that the groups still need may be absent.
   */
  void finish(String directory) throws LogDamagedException {
    try {
      finishCheckpoint();
    } catch (IllegalArgumentException e) {
      throw new LogDamagedException(directory + ": " + e.getMessage(), e);
    }
    for (GroupState group : groups.values()) {
      EntryIndex entries = group.entries();
      if (!entries.isEmpty() && entries.firstLocation() == Location.ABSENT) {
        throw new LogDamagedException(
            directory
                + ": group "
                + group.group
                + " lacks its entries from "
                + (group.base().index() + 1)
                + " on: a segment is missing");
      }
    }
  }

  private GroupState group(Record record) {
    GroupState group = groups.get(record.group());
    if (group == null) {
      throw new IllegalArgumentException("the log does not hold the group");
    }
    return group;
  }
}
