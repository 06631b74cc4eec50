package dev.flotilla.balancer.routing;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a walk over all keys stands: in a group, at its start or after a key.
 *
 * @param slot slot of the key walked last; meaningless at the start of a group
 * @param key the key walked last; empty at the start of a group
 */
public record ScanPosition(int group, boolean after, int slot, byte[] key) {
  private static final byte VERSION = 1;

  /** Before the first key of a group. */
  public static ScanPosition startOf(int group) {
    return new ScanPosition(group, false, 0, new byte[0]);
  }

  /** Opaque text that {@link #fromCursor} reads back. */
  public String toCursor() {
    ByteBuffer bytes = ByteBuffer.allocate(8 + key.length);
    bytes.put(VERSION).putInt(group).put((byte) (after ? 1 : 0)).putShort((short) slot).put(key);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /** Reads a cursor; empty when it is none of ours. */
  public static Optional<ScanPosition> fromCursor(String cursor) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      if (bytes.get() != VERSION) {
        return Optional.empty();
      }
      int group = bytes.getInt();
      boolean after = bytes.get() == 1;
      int slot = Short.toUnsignedInt(bytes.getShort());
      byte[] key = new byte[bytes.remaining()];
      bytes.get(key);
      return Optional.of(new ScanPosition(group, after, slot, key));
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      return Optional.empty();
    }
  }
}
