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
        Mutant.of("votes-of-strangers-counted", "H50", "a replica that lost its disk still votes")
            .in(Focus.SWARM)
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
            .in(Focus.SWARM)
            .edit(
                CORE + "ReplicaState.java",
                "return bound == 0 || bound == incarnation;",
                "return true;"),
        Mutant.of(
                "cut-membership-stays",
                "thesis 4.1",
                "a membership whose entry was cut stays in force")
            .in(Focus.MEMBERS)
            .edit(
                CORE + "Following.java",
                "replica.memberships.truncateFrom(index);",
                "if (replica.memberships.effectiveIndex() >= index && index < 0) {\n"
                    + "        replica.memberships.truncateFrom(index);\n"
                    + "      }"));
  }
}
