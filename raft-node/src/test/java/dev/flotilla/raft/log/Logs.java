package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.env.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the tests of the log write, and how they open it. */
final class Logs {
  static final LogIdentity IDENTITY = new LogIdentity(1, 0xabcdefL);
  static final String DIRECTORY = "wal";

  /** Small enough that rolling, splitting and growing happen all the time. */
  static final WalOptions TINY = new WalOptions(4096, 1024);

  static final Membership THREE_VOTERS = Membership.ofVoters(Set.of(1, 2, 3));

  private Logs() {}

  static WriteAheadLog open(Disk disk) throws IOException {
    return WriteAheadLog.open(disk, DIRECTORY, IDENTITY, TINY);
  }

  static LogBase base(long index, long term) {
    return new LogBase(index, term, THREE_VOTERS);
  }

  static Entry entry(long index, long term) {
    return entry(index, term, "entry " + index + " of term " + term);
  }

  static Entry entry(long index, long term, String payload) {
    return new Entry(
        index, term, EntryKind.COMMAND, 1_000 + index, payload.getBytes(StandardCharsets.UTF_8));
  }

  static List<Entry> entries(long from, long to, long term) {
    List<Entry> entries = new ArrayList<>();
    for (long index = from; index <= to; index++) {
      entries.add(entry(index, term));
    }
    return entries;
  }

  /** Everything the group holds, one line an entry. */
  static List<String> all(GroupLog log) {
    return log.lastIndex() == log.base().index()
        ? List.of()
        : describe(log.read(log.base().index() + 1, log.lastIndex(), Long.MAX_VALUE));
  }

  static List<String> describe(List<Entry> entries) {
    return entries.stream().map(Logs::describe).toList();
  }

  static String describe(Entry entry) {
    return entry.index()
        + "/"
        + entry.term()
        + " "
        + entry.kind()
        + " @"
        + entry.stampMillis()
        + " "
        + new String(entry.payload(), StandardCharsets.ISO_8859_1);
  }
}
