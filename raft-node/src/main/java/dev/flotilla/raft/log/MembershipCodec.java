package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Membership;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.TreeSet;

/**
 * Memberships of log bases: the bytes of {@link dev.flotilla.raft.core.MembershipCodec}, up to the
 * end of the record.
 *
 * <p>Earlier logs kept four sets, each a count and node ids, u32, and nothing else. They are read
 * still, and cannot be mistaken for the bytes of today: their second byte is 0, which today only an
 * empty membership has.
 */
final class MembershipCodec {
  private static final int LARGEST_EMPTY_BYTES = 6;

  private MembershipCodec() {}

  static byte[] encode(Membership membership) {
    return dev.flotilla.raft.core.MembershipCodec.encode(membership);
  }

  /**
   * Takes all that remains.
   *
   * @throws IllegalArgumentException when the bytes are not a membership
   */
  static Membership decode(ByteBuffer from) {
    if (from.remaining() > LARGEST_EMPTY_BYTES && from.get(from.position() + 1) == 0) {
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
