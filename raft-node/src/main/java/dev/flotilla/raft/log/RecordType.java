package dev.flotilla.raft.log;

import org.jspecify.annotations.Nullable;

/** What a record says. The codes are on disk and never change their meaning. */
enum RecordType {
  /** One entry of a group; replaces it and everything after it when the index exists. */
  ENTRY(1),
  /** Term and vote of a group; the vote stands in the index field. */
  HARD_STATE(2),
  /** A group begins, at a base. */
  CREATE(3),
  /** A group's log now begins after a base within it. */
  COMPACT(4),
  /** A group's log was emptied and begins after a base. */
  RESET(5),
  /** A group is forgotten. */
  REMOVE(6),
  /** First record of a segment; the index field counts the CHECKPOINT_GROUP records that follow. */
  CHECKPOINT(7),
  /** A group as it stood when the segment began: base, hard state, last index. */
  CHECKPOINT_GROUP(8);

  private static final RecordType[] BY_CODE = new RecordType[9];

  static {
    for (RecordType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final byte code;

  RecordType(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static @Nullable RecordType of(byte code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
