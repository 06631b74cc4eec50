package dev.flotilla.bench.http;

import java.io.IOException;

/** The peer sent something that is no HTTP answer; the connection cannot be used any further. */
public final class MalformedAnswerException extends IOException {

  public MalformedAnswerException(String message) {
    super(message);
  }
}
