package dev.flotilla.balancer.routing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Who a command is from and its number, given by a caller that wants its own retries to be
 * exactly-once, whichever balancer they go through.
 *
 * @param seq 1 or more; another number for each command, the same for its retries
 * @param ackedBelow the caller has the answers of all its commands below this number and never
 *     sends them again; 0 when it does not say. There is no safe guess: a caller may come back to
 *     an old number long after newer ones, and a guess that is too high makes that retry {@code
 *     SESSION_EXPIRED}. Of callers that say nothing the state machine keeps what its own limits
 *     allow.
 */
public record CallerIdentity(long clientHigh, long clientLow, long seq, long ackedBelow) {

  public CallerIdentity {
    if (seq < 1 || ackedBelow < 0 || ackedBelow > seq) {
      throw new IllegalArgumentException(
          "seq must be 1 or more and ackedBelow 0..seq: " + seq + ", " + ackedBelow);
    }
  }

  /**
   * The identity of a client by any name: the first 128 bits of the SHA-256 of its UTF-8 bytes.
   * Every balancer must compute the same, so this is a format.
   */
  public static CallerIdentity of(String clientName, long seq, long ackedBelow) {
    ByteBuffer digest = ByteBuffer.wrap(sha256(clientName.getBytes(StandardCharsets.UTF_8)));
    return new CallerIdentity(digest.getLong(), digest.getLong(), seq, ackedBelow);
  }

  /** The same caller's command with another number. */
  public CallerIdentity withSeq(long otherSeq) {
    return new CallerIdentity(clientHigh, clientLow, otherSeq, Math.min(ackedBelow, otherSeq));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
