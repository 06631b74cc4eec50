package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Membership;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.TreeSet;

/**
 * Memberships of log bases, up to the end of the record. One that says nothing of its members is
 * four sets in the order of the record's components, each a count and node ids, u32; any other is
 * the bytes of {@link dev.flotilla.raft.core.MembershipCodec}. The second byte tells them apart: a
 * count of voters begins there in the latter, and it is not 0.
 */
final class MembershipCodec {
  /** As many as one byte counts. */
  private static final int MAX_PLAIN_VOTERS = 0xff;

  private MembershipCodec() {}

  static byte[] encode(Membership membership) {
    if (!membership.members().isEmpty() || membership.voters().size() > MAX_PLAIN_VOTERS) {
      return dev.flotilla.raft.core.MembershipCodec.encode(membership);
    }
    int numbers =
        4
            + membership.voters().size()
            + membership.outgoingVoters().size()
            + membership.learners().size()
            + membership.learnersNext().size();
    ByteBuffer to = ByteBuffer.allocate(Integer.BYTES * numbers).order(ByteOrder.LITTLE_ENDIAN);
    encode(membership.voters(), to);
    encode(membership.outgoingVoters(), to);
    encode(membership.learners(), to);
    encode(membership.learnersNext(), to);
    return to.array();
  }

  private static void encode(Set<Integer> nodes, ByteBuffer to) {
    to.putInt(nodes.size());
    for (int node : nodes) {
      to.putInt(node);
    }
  }

  /**
   * Takes all that remains.
   *
   * @throws IllegalArgumentException when the bytes are not a membership
   */
  static Membership decode(ByteBuffer from) {
    if (from.remaining() > 1 && from.get(from.position() + 1) == 0) {
      ByteBuffer sets = from.order(ByteOrder.LITTLE_ENDIAN);
      return new Membership(decodeSet(sets), decodeSet(sets), decodeSet(sets), decodeSet(sets));
    }
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    return dev.flotilla.raft.core.MembershipCodec.decode(bytes);
  }

  private static Set<Integer> decodeSet(ByteBuffer from) {
    int count = from.remaining() < Integer.BYTES ? -1 : from.getInt();
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
