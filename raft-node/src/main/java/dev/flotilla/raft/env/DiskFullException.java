package dev.flotilla.raft.env;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * There is no room on the disk. Unlike other failures this one is not a sign that the disk is
 * broken: what was not written can be written later.
 */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1L;

  /** How Linux puts it, through whatever library it comes. */
  private static final String[] WORDS = {"no space left on device", "disk quota exceeded"};

  /** Longer chains of causes do not occur; a ring of them must not be followed for ever. */
  private static final int MAX_CAUSES = 16;

  public DiskFullException(String message) {
    super(message);
  }

  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether something failed because there was no room. */
  public static boolean isCauseOf(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; at != null && i < MAX_CAUSES; i++) {
      if (at instanceof DiskFullException || saysSo(at.getMessage())) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static boolean saysSo(@Nullable String message) {
    if (message == null) {
      return false;
    }
    String text = message.toLowerCase(Locale.ROOT);
    for (String word : WORDS) {
      if (text.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
