package dev.flotilla.kv;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one slot remembers of one client: the answers of its commands (RIFL, SOSP'15; Raft thesis
 * §6.3).
 *
 * <p>The one number that makes forgetting safe is {@code floor}: whatever is below it is over and
 * is never carried out again. It only rises: when the client acknowledges answers, when the window
 * overflows, and when the session retires.
 */
final class Session {
  private final NavigableMap<Long, Reply.Done> answers = new TreeMap<>();
  private long lastActiveMillis;
  private long indexedAtMillis;
  private long floor = 1;

  Session(long clockMillis, long indexedAtMillis) {
    lastActiveMillis = clockMillis;
    this.indexedAtMillis = indexedAtMillis;
  }

  static Session decode(byte[] record) {
    RecordReader reader = new RecordReader(record, RecordFormat.VERSION);
    Session session = new Session(reader.readNumber(), reader.readNumber());
    session.floor = reader.readNumber();
    int count = reader.readInt();
    long seq = session.floor;
    for (int i = 0; i < count; i++) {
      seq += reader.readNumber();
      int packed = reader.readByte();
      session.answers.put(seq, Reply.Done.unpack(packed, reader.readNumber()));
    }
    return session;
  }

  byte[] encode() {
    RecordWriter writer =
        new RecordWriter(24 + 8 * answers.size())
            .writeByte(RecordFormat.VERSION)
            .writeNumber(lastActiveMillis)
            .writeNumber(indexedAtMillis)
            .writeNumber(floor)
            .writeNumber(answers.size());
    long previous = floor;
    for (Map.Entry<Long, Reply.Done> answer : answers.entrySet()) {
      writer
          .writeNumber(answer.getKey() - previous)
          .writeByte(answer.getValue().packed())
          .writeNumber(answer.getValue().revision());
      previous = answer.getKey();
    }
    return writer.toArray();
  }

  long lastActiveMillis() {
    return lastActiveMillis;
  }

  /** Where the expiry index holds this session: at or before the time it is due. */
  long indexedAtMillis() {
    return indexedAtMillis;
  }

  void reindexed(long atMillis) {
    indexedAtMillis = atMillis;
  }

  /** The command is over: answered and acknowledged, or forgotten. */
  boolean isOver(long seq) {
    return seq < floor;
  }

  Reply.@Nullable Done answer(long seq) {
    return answers.get(seq);
  }

  /**
   * Keeps an answer. When more than the window are kept, the oldest is forgotten and everything up
   * to it is over: a client that wants its answers kept acknowledges them, or has fewer commands
   * under way.
   */
  void remember(long seq, Reply.Done answer, long ackedBelow, int window, long clockMillis) {
    lastActiveMillis = clockMillis;
    answers.put(seq, answer);
    raiseFloor(ackedBelow);
    while (answers.size() > window) {
      raiseFloor(answers.firstKey() + 1);
    }
  }

  /**
   * Forgets the answers but not how far the client had come: what it sent before is over, what it
   * sends next is new.
   */
  void retire() {
    if (!answers.isEmpty()) {
      raiseFloor(answers.lastKey() + 1);
    }
  }

  private void raiseFloor(long to) {
    if (to > floor) {
      floor = to;
      answers.headMap(to, false).clear();
    }
  }
}
