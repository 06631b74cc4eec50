package dev.flotilla.raft.transport;

import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.raft.runtime.MemberChangeListener;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * The progress of a change of members on its way to the operator. Steps are left out while the
 * operator does not read; the end never is. An operator who goes away hears no more, and the change
 * goes on: it may be past the point where it could be taken back.
 */
final class ProgressStream implements MemberChangeListener {
  private final ServerCallStreamObserver<ChangeMembersProgress> out;

  // Guarded by this.
  private boolean over;

  ProgressStream(ServerCallStreamObserver<ChangeMembersProgress> out) {
    this.out = out;
    // With a handler, what is said to a caller who left is dropped instead of thrown back at us.
    out.setOnCancelHandler(this::left);
  }

  private synchronized void left() {
    over = true;
  }

  @Override
  public synchronized void progress(ChangeMembersProgress progress) {
    if (over) {
      return;
    }
    if (isEnd(progress)) {
      over = true;
      out.onNext(progress);
      out.onCompleted();
    } else if (out.isReady()) {
      out.onNext(progress);
    }
  }

  private static boolean isEnd(ChangeMembersProgress progress) {
    return switch (progress.getStage()) {
      case CHANGE_STAGE_DONE, CHANGE_STAGE_NOT_APPLIED, CHANGE_STAGE_UNKNOWN -> true;
      case CHANGE_STAGE_ADDING_LEARNER,
          CHANGE_STAGE_CATCHING_UP,
          CHANGE_STAGE_CHANGING_VOTERS,
          CHANGE_STAGE_UNSPECIFIED,
          UNRECOGNIZED ->
          false;
    };
  }
}
