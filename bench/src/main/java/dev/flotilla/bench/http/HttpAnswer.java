package dev.flotilla.bench.http;

import java.nio.charset.StandardCharsets;

/**
 * Parser of one HTTP/1.1 answer (RFC 9112) in a buffer. It is used again for every answer and keeps
 * offsets instead of objects, so that a load generator that shares its cores with the database does
 * not spend them. Only what steers the connection and the Flotilla headers are looked at.
 *
 * <p>{@link #parse} starts over at each call: nearly every answer arrives in one read, and a body
 * of known length costs nothing to skip.
 */
public final class HttpAnswer {

  private static final byte[] CONTENT_LENGTH = ascii("content-length");
  private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");
  private static final byte[] CONNECTION = ascii("connection");
  private static final byte[] GROUP = ascii("x-flotilla-group");
  private static final byte[] TERM = ascii("x-flotilla-term");
  private static final byte[] REVISION = ascii("x-flotilla-revision");
  private static final byte[] CHUNKED = ascii("chunked");
  private static final byte[] CLOSE = ascii("close");

  private int status;
  private boolean keepAlive;
  private boolean chunked;
  private long contentLength;
  private int groupStart;
  private int groupEnd;
  private long term;
  private long revision;
  private int bodyStart;
  private int bodyLength;
  private int end;

  /**
   * Parses the answer that begins at the buffer's start. A complete chunked body is joined in
   * place.
   *
   * @return whether the answer is complete; only then do the other methods have a meaning
   * @throws MalformedAnswerException when this is not an answer that can be understood
   */
  public boolean parse(byte[] buffer, int length) throws MalformedAnswerException {
    int from = 0;
    do {
      from = parseHead(buffer, from, length);
      if (from < 0) {
        return false;
      }
      // An interim answer (1xx) precedes the one that counts.
    } while (status < 200);
    bodyStart = from;
    if (chunked) {
      return parseChunks(buffer, length);
    }
    if (status == 204 || status == 304) {
      contentLength = 0;
    }
    if (contentLength < 0) {
      throw new MalformedAnswerException("answer says neither Content-Length nor chunked");
    }
    if (contentLength > Integer.MAX_VALUE - bodyStart) {
      throw new MalformedAnswerException("Content-Length of " + contentLength);
    }
    bodyLength = (int) contentLength;
    end = bodyStart + bodyLength;
    return length >= end;
  }

  public int status() {
    return status;
  }

  /** Whether the server keeps the connection open after this answer. */
  public boolean keepAlive() {
    return keepAlive;
  }

  /** The number at the end of the answering group's name ({@code g2} gives 2); 0 for none. */
  public int group(byte[] buffer) {
    int result = 0;
    for (int i = groupStart; i < groupEnd; i++) {
      int digit = buffer[i] - '0';
      result = digit < 0 || digit > 9 || result > 99_999_999 ? 0 : 10 * result + digit;
    }
    return result;
  }

  /** The name of the group that answered; empty when the header is missing. */
  public String groupName(byte[] buffer) {
    return new String(buffer, groupStart, groupEnd - groupStart, StandardCharsets.UTF_8);
  }

  /** The term of the leader that answered; 0 when the header is missing. */
  public long term() {
    return term;
  }

  /** The key's revision; 0 when the header is missing. */
  public long revision() {
    return revision;
  }

  public int bodyStart() {
    return bodyStart;
  }

  public int bodyLength() {
    return bodyLength;
  }

  /** Offset after the answer's last byte: where a pipelined next answer would begin. */
  public int end() {
    return end;
  }

  public String body(byte[] buffer) {
    return new String(buffer, bodyStart, bodyLength, StandardCharsets.UTF_8);
  }

  /** Returns the offset after the head, or -1 when it is not complete. */
  private int parseHead(byte[] buffer, int from, int length) throws MalformedAnswerException {
    int line = endOfLine(buffer, from, length);
    if (line < 0) {
      return -1;
    }
    parseStatusLine(buffer, from, line);
    chunked = false;
    contentLength = -1;
    groupStart = 0;
    groupEnd = 0;
    term = 0;
    revision = 0;
    int start = line + 2;
    for (; ; ) {
      line = endOfLine(buffer, start, length);
      if (line < 0) {
        return -1;
      }
      if (line == start) {
        return start + 2;
      }
      parseHeader(buffer, start, line);
      start = line + 2;
    }
  }

  private void parseStatusLine(byte[] buffer, int from, int to) throws MalformedAnswerException {
    // "HTTP/1.x NNN" and anything after it.
    if (to - from < 12
        || buffer[from] != 'H'
        || buffer[from + 1] != 'T'
        || buffer[from + 5] != '1'
        || buffer[from + 8] != ' ') {
      throw new MalformedAnswerException("not an HTTP/1 status line");
    }
    status = (int) number(buffer, from + 9, from + 12);
    if (status < 100) {
      throw new MalformedAnswerException("not an HTTP status");
    }
    keepAlive = buffer[from + 7] != '0';
  }

  private void parseHeader(byte[] buffer, int from, int to) throws MalformedAnswerException {
    int colon = from;
    while (colon < to && buffer[colon] != ':') {
      colon++;
    }
    if (colon == to) {
      throw new MalformedAnswerException("header without a colon");
    }
    int value = colon + 1;
    while (value < to && buffer[value] == ' ') {
      value++;
    }
    // The name's length tells the wanted headers apart from nearly all others.
    switch (colon - from) {
      case 10 -> {
        if (equal(buffer, from, CONNECTION) && contains(buffer, value, to, CLOSE)) {
          keepAlive = false;
        }
      }
      case 14 -> {
        if (equal(buffer, from, CONTENT_LENGTH)) {
          contentLength = number(buffer, value, to);
        }
      }
      case 15 -> {
        if (equal(buffer, from, TERM)) {
          term = number(buffer, value, to);
        }
      }
      case 16 -> {
        if (equal(buffer, from, GROUP)) {
          groupStart = value;
          groupEnd = to;
        }
      }
      case 17 -> {
        if (equal(buffer, from, TRANSFER_ENCODING)) {
          chunked = contains(buffer, value, to, CHUNKED);
        }
      }
      case 19 -> {
        if (equal(buffer, from, REVISION)) {
          revision = number(buffer, value, to);
        }
      }
      default -> {}
    }
  }

  private boolean parseChunks(byte[] buffer, int length) throws MalformedAnswerException {
    int complete = walkChunks(buffer, length, false);
    if (complete < 0) {
      return false;
    }
    walkChunks(buffer, length, true);
    end = complete;
    return true;
  }

  /**
   * Goes over the chunks and, when told to, joins their data at the body's start.
   *
   * @return the offset after the last chunk and its trailers, or -1 when they are not complete
   */
  private int walkChunks(byte[] buffer, int length, boolean join) throws MalformedAnswerException {
    int at = bodyStart;
    int joined = 0;
    for (; ; ) {
      int line = endOfLine(buffer, at, length);
      if (line < 0) {
        return -1;
      }
      int size = hex(buffer, at, line);
      int data = line + 2;
      if (size == 0) {
        bodyLength = joined;
        return endOfTrailers(buffer, data, length);
      }
      // Compared by subtraction: the sum could overflow.
      if (size > length - data - 2) {
        return -1;
      }
      if (join) {
        System.arraycopy(buffer, data, buffer, bodyStart + joined, size);
      }
      joined += size;
      at = data + size + 2;
    }
  }

  private static int endOfTrailers(byte[] buffer, int from, int length) {
    int start = from;
    for (; ; ) {
      int line = endOfLine(buffer, start, length);
      if (line < 0) {
        return -1;
      }
      if (line == start) {
        return start + 2;
      }
      start = line + 2;
    }
  }

  /** Offset of the next CR LF, or -1. */
  private static int endOfLine(byte[] buffer, int from, int length) {
    for (int i = from; i + 1 < length; i++) {
      if (buffer[i] == '\r' && buffer[i + 1] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static long number(byte[] buffer, int from, int to) throws MalformedAnswerException {
    long result = 0;
    int end = to;
    while (end > from && buffer[end - 1] == ' ') {
      end--;
    }
    if (end == from || end - from > 18) {
      throw new MalformedAnswerException("not a number");
    }
    for (int i = from; i < end; i++) {
      int digit = buffer[i] - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedAnswerException("not a number");
      }
      result = 10 * result + digit;
    }
    return result;
  }

  private static int hex(byte[] buffer, int from, int to) throws MalformedAnswerException {
    int result = 0;
    int at = from;
    for (; at < to; at++) {
      int digit = Character.digit(buffer[at], 16);
      if (digit < 0) {
        break;
      }
      if (result > Integer.MAX_VALUE >>> 4) {
        throw new MalformedAnswerException("chunk too long");
      }
      result = result << 4 | digit;
    }
    // After the size there may be an extension.
    if (at == from || (at < to && buffer[at] != ';' && buffer[at] != ' ')) {
      throw new MalformedAnswerException("not a chunk size");
    }
    return result;
  }

  private static boolean equal(byte[] buffer, int from, byte[] lowerCase) {
    for (int i = 0; i < lowerCase.length; i++) {
      if (lower(buffer[from + i]) != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean contains(byte[] buffer, int from, int to, byte[] lowerCase) {
    for (int i = from; i + lowerCase.length <= to; i++) {
      if (equal(buffer, i, lowerCase)) {
        return true;
      }
    }
    return false;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
