package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.proto.admin.v1.NodeEvent;
import dev.flotilla.raft.core.Effect;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Role;
import java.util.StringJoiner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what a replica goes through: each turn is a line in the node's log and an event for those
 * who watch the cluster. The loop's thread only.
 */
final class ReplicaNews {
  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  private final NodeEvents events;
  private final String node;
  private final int group;
  private final String name;
  private final RoleNews roles = new RoleNews();

  ReplicaNews(NodeEvents events, String node, int group, String name) {
    this.events = events;
    this.node = node;
    this.group = group;
    this.name = name;
  }

  void role(Effect.RoleChanged changed, long nowNanos) {
    Role role = changed.role();
    long term = changed.term();
    int leader = changed.leader();
    if (!roles.isNews(changed, nowNanos)) {
      return;
    }
    log.info(
        "{} {}: {} in term {}, leader {}; {} changes to and fro not told",
        node,
        name,
        role,
        term,
        leader,
        roles.takePassedOver());
    String in = " in term " + term;
    switch (role) {
      case LEADER -> add(EventKind.EVENT_KIND_LEADER, term, leader, node + " leads " + name + in);
      case CANDIDATE ->
          add(EventKind.EVENT_KIND_CAMPAIGN, term, 0, node + " asks for votes in " + name + in);
      case PRE_CANDIDATE ->
          add(
              EventKind.EVENT_KIND_CAMPAIGN,
              term,
              0,
              node + " heard no leader of " + name + " and asks who would vote for it" + in);
      case FOLLOWER, LEARNER -> {
        if (leader == 0) {
          add(EventKind.EVENT_KIND_NO_LEADER, term, 0, node + " knows no leader of " + name + in);
        } else {
          add(
              EventKind.EVENT_KIND_FOLLOWS,
              term,
              leader,
              node + " follows n" + leader + " in " + name + in);
        }
      }
    }
  }

  void stranger(Effect.StrangerHeard heard, long term) {
    String bound = Long.toHexString(heard.bound());
    String speaks = Long.toHexString(heard.incarnation());
    log.warn(
        "{} {} in term {}: node {} is bound to replica {}, what {} says is not counted",
        node,
        name,
        term,
        heard.node(),
        bound,
        speaks);
    add(
        EventKind.EVENT_KIND_STRANGER,
        term,
        0,
        "n" + heard.node() + " speaks with another replica than the one that " + name + " knows");
  }

  void removed(Effect.RemovalLearned learned, long term) {
    log.info(
        "{} {} in term {}: removed, its group goes on without it since index {}, says node {}",
        node,
        name,
        term,
        learned.index(),
        learned.from());
    add(EventKind.EVENT_KIND_REMOVED, term, 0, name + " goes on without " + node);
  }

  void members(Effect.MembershipChanged changed, long term, int leader) {
    log.info(
        "{} {} in term {}: membership at {}: {}",
        node,
        name,
        term,
        changed.index(),
        changed.membership());
    add(
        EventKind.EVENT_KIND_MEMBERS,
        term,
        leader,
        name + " is made up of " + inWords(changed.membership()));
  }

  /** Voters by name, then learners; while it changes, those of both halves. */
  private static String inWords(Membership membership) {
    StringJoiner words = new StringJoiner(" ");
    for (int node : membership.all()) {
      words.add("n" + node + (membership.isVoter(node) ? "" : " (learning)"));
    }
    return words.toString();
  }

  void snapshotInstalled(long index, long term, int leader) {
    log.info("{} {}: snapshot at {} installed", node, name, index);
    add(
        EventKind.EVENT_KIND_SNAPSHOT,
        term,
        leader,
        node + " installed a snapshot of " + name + " at index " + index);
  }

  void failed(String reason, Throwable cause, long term) {
    log.error("{} {} in term {}: replica stops: {}", node, name, term, reason, cause);
    add(
        EventKind.EVENT_KIND_FAILED,
        term,
        0,
        "the replica of " + name + " on " + node + " stopped itself: " + reason + ": " + cause);
  }

  private void add(EventKind kind, long term, int leader, String text) {
    events.add(
        NodeEvent.newBuilder()
            .setKind(kind)
            .setGroup(group)
            .setGroupName(name)
            .setTerm(term)
            .setLeader(leader)
            .setText(text));
  }
}
