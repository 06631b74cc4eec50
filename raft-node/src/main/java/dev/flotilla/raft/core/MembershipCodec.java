package dev.flotilla.raft.core;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The payload of a {@link EntryKind#MEMBERSHIP} entry, and how a log's base keeps its membership: a
 * version byte, then voters, outgoing voters, learners and next learners, each as a count and that
 * many ascending node ids; from version 2 on a count of members follows, and of each the node, its
 * incarnation (8 bytes, little-endian), the length of its address and that many bytes of UTF-8, 1
 * if it is to be promoted and otherwise 0, and the node it replaces. Numbers are unsigned LEB128.
 * Version 1 is written where there is nothing to say of any member.
 */
public final class MembershipCodec {
  private static final int PLAIN = 1;
  private static final int WITH_MEMBERS = 2;

  /** A larger list is damage, not a group. */
  private static final int MAX_NODES = 10_000;

  private MembershipCodec() {}

  public static byte[] encode(Membership membership) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(32);
    out.write(membership.members().isEmpty() ? PLAIN : WITH_MEMBERS);
    writeNodes(out, membership.voters());
    writeNodes(out, membership.outgoingVoters());
    writeNodes(out, membership.learners());
    writeNodes(out, membership.learnersNext());
    if (!membership.members().isEmpty()) {
      writeInt(out, membership.members().size());
      membership.members().values().forEach(member -> writeMember(out, member));
    }
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException when the bytes are not a membership
   */
  public static Membership decode(byte[] payload) {
    Cursor in = new Cursor(payload);
    int version = payload.length == 0 ? 0 : payload[in.at++];
    if (version != PLAIN && version != WITH_MEMBERS) {
      throw new IllegalArgumentException("membership of an unknown version");
    }
    Membership membership =
        new Membership(readNodes(in), readNodes(in), readNodes(in), readNodes(in));
    if (version == WITH_MEMBERS) {
      membership = membership.withMembers(readMembers(in));
    }
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

  private static void writeMember(ByteArrayOutputStream out, Member member) {
    writeInt(out, member.node());
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      out.write((int) (member.incarnation() >>> shift));
    }
    byte[] address = member.address().getBytes(StandardCharsets.UTF_8);
    writeInt(out, address.length);
    out.writeBytes(address);
    out.write(member.promote() ? 1 : 0);
    writeInt(out, member.replaces());
  }

  private static SortedMap<Integer, Member> readMembers(Cursor in) {
    int count = readInt(in);
    if (count > MAX_NODES) {
      throw new IllegalArgumentException("membership of " + count + " members");
    }
    TreeMap<Integer, Member> members = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int node = readInt(in);
      long incarnation = 0;
      for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
        incarnation |= (long) readByte(in) << shift;
      }
      String address = readText(in);
      boolean promote = readByte(in) != 0;
      members.put(node, new Member(node, incarnation, address, promote, readInt(in)));
    }
    return members;
  }

  private static String readText(Cursor in) {
    int length = readInt(in);
    if (length > in.bytes.length - in.at) {
      throw new IllegalArgumentException("membership cut short");
    }
    in.at += length;
    return new String(in.bytes, in.at - length, length, StandardCharsets.UTF_8);
  }

  private static int readByte(Cursor in) {
    if (in.at == in.bytes.length) {
      throw new IllegalArgumentException("membership cut short");
    }
    return in.bytes[in.at++] & 0xff;
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
