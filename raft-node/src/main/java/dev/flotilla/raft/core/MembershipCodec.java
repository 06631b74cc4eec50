package dev.flotilla.raft.core;

import java.io.ByteArrayOutputStream;
import java.util.Set;
import java.util.TreeSet;

/**
 * The payload of a {@link EntryKind#MEMBERSHIP} entry: a version byte (1), then voters, outgoing
 * voters, learners and next learners, each as a count and that many ascending node ids, all
 * unsigned LEB128.
 */
public final class MembershipCodec {
  private static final int VERSION = 1;

  /** A larger list is damage, not a group. */
  private static final int MAX_NODES = 10_000;

  private MembershipCodec() {}

  public static byte[] encode(Membership membership) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(32);
    out.write(VERSION);
    writeNodes(out, membership.voters());
    writeNodes(out, membership.outgoingVoters());
    writeNodes(out, membership.learners());
    writeNodes(out, membership.learnersNext());
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException when the bytes are not a membership
   */
  public static Membership decode(byte[] payload) {
    Cursor in = new Cursor(payload);
    if (payload.length == 0 || payload[in.at++] != VERSION) {
      throw new IllegalArgumentException("membership of an unknown version");
    }
    Membership membership =
        new Membership(readNodes(in), readNodes(in), readNodes(in), readNodes(in));
    if (in.at != payload.length) {
      throw new IllegalArgumentException("membership with trailing bytes");
    }
    return membership;
  }

  private static final class Cursor {
    private final byte[] bytes;
    private int at;

    Cursor(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private static void writeNodes(ByteArrayOutputStream out, Set<Integer> nodes) {
    writeInt(out, nodes.size());
    for (int node : nodes) {
      writeInt(out, node);
    }
  }

  private static Set<Integer> readNodes(Cursor in) {
    int count = readInt(in);
    if (count > MAX_NODES) {
      throw new IllegalArgumentException("membership of " + count + " nodes");
    }
    Set<Integer> nodes = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      nodes.add(readInt(in));
    }
    return nodes;
  }

  private static void writeInt(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest > 0x7f) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static int readInt(Cursor in) {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (in.at == in.bytes.length) {
        throw new IllegalArgumentException("membership cut short");
      }
      int next = in.bytes[in.at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        if (value > Integer.MAX_VALUE) {
          break;
        }
        return (int) value;
      }
    }
    throw new IllegalArgumentException("membership with a number out of range");
  }
}
