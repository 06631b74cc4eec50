package dev.flotilla.raft.log;

/**
 * @param segmentBytes a segment is closed when it has grown past this
 * @param maxBufferBytes writes are handed to the file when this much is buffered, even before the
 *     sync; a larger record still goes in one piece
 */
public record WalOptions(long segmentBytes, int maxBufferBytes) {
  /** What the segment size may be: offsets within a segment are 32 bits on disk and in memory. */
  private static final long MAX_SEGMENT_BYTES = 1L << 30;

  private static final int DEFAULT_MAX_BUFFER_BYTES = 4 << 20;

  public static final WalOptions DEFAULT = new WalOptions(16L << 20);

  public WalOptions {
    if (segmentBytes < LogFormat.ALIGNMENT || segmentBytes > MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException("segment of " + segmentBytes + " bytes");
    }
    if (maxBufferBytes < LogFormat.ALIGNMENT || maxBufferBytes > MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException("buffer of " + maxBufferBytes + " bytes");
    }
  }

  public WalOptions(long segmentBytes) {
    this(segmentBytes, DEFAULT_MAX_BUFFER_BYTES);
  }
}
