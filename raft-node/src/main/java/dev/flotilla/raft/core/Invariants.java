package dev.flotilla.raft.core;

/**
 * What must hold of a replica after every step. Cheap enough to be checked always: a replica in
 * which one of these does not hold must stop before it tells anyone.
 */
final class Invariants {
  private final ReplicaState replica;
  private final Followers followers;

  private long termBefore;
  private int voteBefore;
  private long commitBefore;
  private long lastIndexBefore;
  private boolean ledBefore;

  Invariants(ReplicaState replica, Followers followers) {
    this.replica = replica;
    this.followers = followers;
    remember();
  }

  void check() {
    long term = replica.term();
    EntryLog log = replica.log;
    long commit = replica.commitment.index();
    long announced = replica.commitment.announcedIndex();

    require(term >= termBefore, "the term never goes back");
    require(
        term > termBefore || voteBefore == HardState.NO_VOTE || replica.ballot.vote() == voteBefore,
        "a vote is kept for the whole term");
    require(commit >= commitBefore, "the commit index never goes back");
    require(commit <= log.lastIndex(), "what is committed is in the log");
    require(log.base().index() <= announced, "only what was handed over is compacted");
    require(announced <= commit, "only what is committed is handed over");
    require(announced <= log.durableIndex(), "only what is on disk is handed over");
    require(log.durableIndex() <= log.lastIndex(), "only what is in the log is on disk");
    require(log.lastTerm() <= term, "no entry is newer than the term");
    checkRole();
    if (ledBefore && replica.isLeader() && term == termBefore) {
      require(log.lastIndex() >= lastIndexBefore, "a leader only appends");
    }
    remember();
  }

  private void checkRole() {
    boolean selfVoted = replica.ballot.vote() == replica.self;
    switch (replica.role) {
      case LEADER -> {
        require(replica.leader == replica.self, "a leader knows itself as the leader");
        require(selfVoted, "a leader voted for itself");
        for (Progress progress : followers.all()) {
          checkProgress(progress);
        }
      }
      case CANDIDATE -> {
        require(selfVoted, "a candidate voted for itself");
        require(replica.leader == 0, "a candidate knows no leader");
      }
      case PRE_CANDIDATE -> require(replica.leader == 0, "a pre-candidate knows no leader");
      case FOLLOWER, LEARNER ->
          require(replica.leader != replica.self, "who does not lead is not the leader");
    }
    require(replica.isLeader() || followers.all().isEmpty(), "only a leader has followers");
  }

  private void checkProgress(Progress progress) {
    require(progress.matchIndex < progress.nextIndex, "what matches was sent");
    require(progress.nextIndex <= replica.log.lastIndex() + 1, "only what exists was sent");
    require(
        progress.state == Progress.State.REPLICATE || progress.inflights.count() == 0,
        "appends are in flight only where the logs are known to agree");
  }

  private void remember() {
    termBefore = replica.term();
    voteBefore = replica.ballot.vote();
    commitBefore = replica.commitment.index();
    lastIndexBefore = replica.log.lastIndex();
    ledBefore = replica.isLeader();
  }

  private void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalStateException(
          "broken: "
              + rule
              + " (node "
              + replica.self
              + ", "
              + replica.role
              + ", term "
              + replica.term()
              + ", commit "
              + replica.commitment.index()
              + ", log "
              + replica.log.base().index()
              + ".."
              + replica.log.lastIndex()
              + ", durable "
              + replica.log.durableIndex()
              + ")");
    }
  }
}
