package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Membership;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.TreeSet;

/**
 * Memberships in the log: four sets in the order of the record's components, each a count and node
 * ids, u32.
 */
final class MembershipCodec {
  private MembershipCodec() {}

  static int encodedBytes(Membership membership) {
    return Integer.BYTES
        * (4
            + membership.voters().size()
            + membership.outgoingVoters().size()
            + membership.learners().size()
            + membership.learnersNext().size());
  }

  static byte[] encode(Membership membership) {
    ByteBuffer to = ByteBuffer.allocate(encodedBytes(membership)).order(ByteOrder.LITTLE_ENDIAN);
    encode(membership, to);
    return to.array();
  }

  static void encode(Membership membership, ByteBuffer to) {
    encode(membership.voters(), to);
    encode(membership.outgoingVoters(), to);
    encode(membership.learners(), to);
    encode(membership.learnersNext(), to);
  }

  /**
   * @throws IllegalArgumentException when the bytes are not a membership
   */
  static Membership decode(ByteBuffer from) {
    try {
      return new Membership(decodeSet(from), decodeSet(from), decodeSet(from), decodeSet(from));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("membership is cut short", e);
    }
  }

  private static void encode(Set<Integer> nodes, ByteBuffer to) {
    to.putInt(nodes.size());
    for (int node : nodes) {
      to.putInt(node);
    }
  }

  private static Set<Integer> decodeSet(ByteBuffer from) {
    int count = from.getInt();
    if (count < 0 || count > from.remaining() / Integer.BYTES) {
      throw new IllegalArgumentException("membership of " + count + " nodes");
    }
    Set<Integer> nodes = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      nodes.add(from.getInt());
    }
    return nodes;
  }
}
