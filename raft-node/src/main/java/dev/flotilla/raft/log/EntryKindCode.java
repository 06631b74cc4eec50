package dev.flotilla.raft.log;

import dev.flotilla.raft.core.EntryKind;
import org.jspecify.annotations.Nullable;

/** The numbers of entry kinds on disk; independent of the order in which the enum lists them. */
final class EntryKindCode {
  private static final byte COMMAND = 1;
  private static final byte NOOP = 2;
  private static final byte MEMBERSHIP = 3;

  private EntryKindCode() {}

  static byte of(EntryKind kind) {
    return switch (kind) {
      case COMMAND -> COMMAND;
      case NOOP -> NOOP;
      case MEMBERSHIP -> MEMBERSHIP;
    };
  }

  static @Nullable EntryKind kind(byte code) {
    return switch (code) {
      case COMMAND -> EntryKind.COMMAND;
      case NOOP -> EntryKind.NOOP;
      case MEMBERSHIP -> EntryKind.MEMBERSHIP;
      default -> null;
    };
  }
}
