package dev.flotilla.kv;

import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Status;

/** A command's answer before it is bytes. */
sealed interface Reply {

  CommandResult toProto();

  /**
   * The command was carried out on its key. All of it fits into a session, so a repeated command
   * gets the same bytes.
   */
  record Done(Code code, long revision, boolean existed) implements Reply {

    /** How it ended; the ordinal is stored. */
    enum Code {
      OK,
      CONDITION_FAILED
    }

    int packed() {
      return code.ordinal() << 1 | (existed ? 1 : 0);
    }

    static Done unpack(int packed, long revision) {
      return switch (packed >>> 1) {
        case 0 -> new Done(Code.OK, revision, (packed & 1) != 0);
        case 1 -> new Done(Code.CONDITION_FAILED, revision, (packed & 1) != 0);
        default -> throw new IllegalStateException("unknown answer " + packed + " in a session");
      };
    }

    @Override
    public CommandResult toProto() {
      Status status =
          switch (code) {
            case OK -> Status.STATUS_OK;
            case CONDITION_FAILED -> Status.STATUS_CONDITION_FAILED;
          };
      return CommandResult.newBuilder()
          .setStatus(status)
          .setRevision(revision)
          .setExisted(existed)
          .build();
    }
  }

  /** The slot belongs to somebody else. Not remembered: the retry finds its owner. */
  record WrongShard(long epoch) implements Reply {
    @Override
    public CommandResult toProto() {
      return CommandResult.newBuilder()
          .setStatus(Status.STATUS_WRONG_SHARD)
          .setEpoch(epoch)
          .build();
    }
  }

  /** What became of the command is no longer known here. */
  record SessionExpired() implements Reply {
    @Override
    public CommandResult toProto() {
      return CommandResult.newBuilder().setStatus(Status.STATUS_SESSION_EXPIRED).build();
    }
  }

  /**
   * No command, or one that asks for the impossible. Not remembered: it fails again whenever it
   * comes.
   */
  record Invalid(String message) implements Reply {
    @Override
    public CommandResult toProto() {
      return CommandResult.newBuilder()
          .setStatus(Status.STATUS_INVALID)
          .setMessage(message)
          .build();
    }
  }

  /**
   * A command that belongs to no key was carried out, or had no effect because it was done already.
   */
  record Administered(long epoch) implements Reply {
    @Override
    public CommandResult toProto() {
      return CommandResult.newBuilder().setStatus(Status.STATUS_OK).setEpoch(epoch).build();
    }
  }
}
