package dev.flotilla.launcher.commands;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values where each must stand on one line: as they are where that can be shown, else in
 * base 64 behind a mark that says so. {@code -o json} is exact where the mark could be mistaken.
 */
final class OneLine {
  static final String MARK = "base64:";

  private OneLine() {}

  /**
   * @param text null when the bytes are none
   * @param base64 the bytes when there is no text
   */
  static String of(@Nullable String text, @Nullable String base64) {
    if (text == null) {
      return MARK + (base64 == null ? "" : base64);
    }
    return text.codePoints().noneMatch(OneLine::isDisturbing)
        ? text
        : MARK + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Control characters, and the line ends that are none. */
  private static boolean isDisturbing(int character) {
    return Character.isISOControl(character) || character == 0x2028 || character == 0x2029;
  }
}
