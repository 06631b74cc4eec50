package dev.flotilla.raft.runtime;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The payload of a command entry: a count, then for each command its length and its bytes. Numbers
 * are unsigned LEB128. All commands of one pass for one group share an entry, so that a busy node
 * pays for consensus once per pass and not once per command.
 */
public final class CommandFrame {
  /** What framing adds to a command at most. */
  static final int OVERHEAD_BYTES = 5;

  private CommandFrame() {}

  public static byte[] encode(List<ByteString> commands) {
    int size = varintSize(commands.size());
    for (int i = 0; i < commands.size(); i++) {
      int length = commands.get(i).size();
      size = Math.addExact(size, varintSize(length) + length);
    }
    byte[] frame = new byte[size];
    int at = putVarint(frame, 0, commands.size());
    for (int i = 0; i < commands.size(); i++) {
      ByteString command = commands.get(i);
      at = putVarint(frame, at, command.size());
      command.copyTo(frame, at);
      at += command.size();
    }
    return frame;
  }

  /**
   * @throws IllegalArgumentException when the bytes are not a frame: the entry was not made by this
   *     code
   */
  public static List<byte[]> decode(byte[] frame) {
    Cursor in = new Cursor(frame);
    int count = in.varint();
    if (count > frame.length) {
      throw new IllegalArgumentException(
          "frame of " + frame.length + " bytes claims " + count + " commands");
    }
    List<byte[]> commands = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      commands.add(in.bytes(in.varint()));
    }
    if (in.at != frame.length) {
      throw new IllegalArgumentException((frame.length - in.at) + " bytes after the last command");
    }
    return commands;
  }

  private static int varintSize(int value) {
    int size = 1;
    for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
      size++;
    }
    return size;
  }

  private static int putVarint(byte[] into, int offset, int value) {
    int at = offset;
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      into[at++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    into[at++] = (byte) rest;
    return at;
  }

  private static final class Cursor {
    private final byte[] frame;
    private int at;

    Cursor(byte[] frame) {
      this.frame = frame;
    }

    int varint() {
      long value = 0;
      for (int shift = 0; shift < 35; shift += 7) {
        if (at == frame.length) {
          throw new IllegalArgumentException("frame ends within a number");
        }
        byte next = frame[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          if (value > Integer.MAX_VALUE) {
            break;
          }
          return (int) value;
        }
      }
      throw new IllegalArgumentException("number out of range in a frame");
    }

    byte[] bytes(int length) {
      if (length > frame.length - at) {
        throw new IllegalArgumentException("frame ends within a command of " + length + " bytes");
      }
      byte[] copy = Arrays.copyOfRange(frame, at, at + length);
      at += length;
      return copy;
    }
  }
}
