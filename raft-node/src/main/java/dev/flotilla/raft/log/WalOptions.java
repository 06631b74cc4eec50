package dev.flotilla.raft.log;

/**
 * @param segmentBytes a segment is closed when it has grown past this
 */
public record WalOptions(long segmentBytes) {
  public static final WalOptions DEFAULT = new WalOptions(16L << 20);
}
