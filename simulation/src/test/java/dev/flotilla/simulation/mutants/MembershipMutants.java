package dev.flotilla.simulation.mutants;

import java.util.List;

/** Who counts, and who is a member. */
final class MembershipMutants {
  private static final String CORE = "raft-node/src/main/java/dev/flotilla/raft/core/";
  private static final String RUNTIME = "raft-node/src/main/java/dev/flotilla/raft/runtime/";

  private MembershipMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
                "change-before-commit-of-the-term",
                "H45",
                "members are changed before an entry of the leader's term is committed")
            .in(Focus.MEMBERS)
            .edit(
                CORE + "ConfigChange.java",
                "return replica.committedInTerm() && replica.memberships.effectiveIndex()",
                "return replica.memberships.effectiveIndex()"),
        Mutant.of(
                "two-changes-at-once",
                "H46",
                "members are changed while an earlier change is not committed")
            .in(Focus.MEMBERS)
            .edit(
                CORE + "ConfigChange.java",
                "&& replica.memberships.effectiveIndex() <= replica.commitment.index()"
                    + " && !replica.memberships.effective().isJoint()",
                "&& !replica.memberships.effective().isJoint()"),
        Mutant.of(
                "joint-counts-new-voters-only",
                "H6",
                "while a configuration is joint, only its incoming half is asked")
            .in(Focus.MEMBERS)
            .edit(
                CORE + "Quorum.java",
                "return outgoing.length == 0 ? value : Math.min(value, reachedBy(outgoing,"
                    + " valueOf));",
                "return value;")
            .edit(
                CORE + "Quorum.java",
                "return majorityOf(incoming, yes) && (outgoing.length == 0 || majorityOf(outgoing,"
                    + " yes));",
                "return majorityOf(incoming, yes);"),
        Mutant.of("learners-counted", "H48", "learners count like voters")
            .in(Focus.MEMBERS)
            .edit(
                CORE + "Quorum.java",
                "incoming = ascending(membership.voters());",
                "java.util.TreeSet<Integer> everyone = new"
                    + " java.util.TreeSet<>(membership.voters());\n"
                    + "    everyone.addAll(membership.learners());\n"
                    + "    incoming = ascending(everyone);"),
        Mutant.of(
                "born-by-a-majority",
                "H50",
                "a group's first leader is elected by a majority, whoever the others are")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "ReplicaState.java",
                "return identity.incarnation() != 0 && !memberships.effective().isBorn();",
                "return identity.incarnation() == 0;"),
        Mutant.of("votes-of-strangers-counted", "H50", "a replica that lost its disk still votes")
            .in(Focus.LOST_DISKS)
            .edit(
                CORE + "ReplicaState.java",
                "return bound == 0 ? !membership.isBorn() : bound == incarnation;",
                "return true;")
            .edit(
                CORE + "ReplicaState.java",
                "return bound == 0 ? !identity.reborn() : bound == identity.incarnation();",
                "return true;"),
        Mutant.of(
                "acknowledgements-of-strangers-counted",
                "H50",
                "what a replica that lost its disk acknowledges counts as its predecessor's")
            .in(Focus.LOST_DISKS)
            .edit(
                CORE + "ReplicaState.java",
                "return bound == 0 || bound == incarnation;",
                "return true;"),
        Mutant.of(
                "identity-kept-at-the-second-damage",
                "H50",
                "a replica that rejoined and is damaged again passes for the one that rejoined")
            .within(500)
            .in(Focus.DAMAGE)
            .edit(
                RUNTIME + "ReplicaFolder.java",
                "return newborn && isRejoining();",
                "return isRejoining();"),
        Mutant.of(
                "snapshot-keeps-newer-membership",
                "H40",
                "a membership of the replaced log outlives the snapshot")
            .within(500)
            .in(Focus.CUT_OFF)
            .edit(
                CORE + "MembershipHistory.java",
                "void resetTo(LogBase base) { history.clear();",
                "void resetTo(LogBase base) {\n"
                    + "    if (effectiveIndex() >= base.index()) {\n"
                    + "      return;\n"
                    + "    }\n"
                    + "    history.clear();"),
        Mutant.of(
                "checkpoint-with-the-newest-membership",
                "H40",
                "a snapshot carries a membership newer than its position")
            .in(Focus.MEMBERS)
            .edit(
                RUNTIME + "AppliedMemberships.java",
                "if (at.index() > index) {",
                "if (at.index() < 0) {"),
        Mutant.of(
                "cut-membership-stays",
                "thesis 4.1",
                "a membership whose entry was cut stays in force")
            .within(500)
            .in(Focus.MEMBERS)
            .edit(
                CORE + "Following.java",
                "replica.memberships.truncateFrom(index);",
                "if (replica.memberships.effectiveIndex() >= index && index < 0) {\n"
                    + "        replica.memberships.truncateFrom(index);\n"
                    + "      }"),
        Mutant.of("removed-leader-stays", "H49", "a leader that was removed goes on leading")
            .in(Focus.MEMBERS)
            .edit(
                CORE + "ConfigChange.java",
                "boolean leaves = !effective.isVoter(replica.self);",
                "boolean leaves = effective.isEmpty();"));
  }
}
