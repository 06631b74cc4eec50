package dev.flotilla.bench.http;

import java.util.Optional;

/**
 * An answer of the form door, read at leisure.
 *
 * @param group name of the group that answered; empty when not told
 * @param term of the answering leader; 0 when not told
 * @param revision of the key; 0 when not told or absent
 */
public record FormReply(int status, String body, String group, long term, long revision) {

  private static final String PRESENT = "1|";
  private static final String ABSENT = "0|";

  public boolean isSuccess() {
    return status == 200 && code().equals("SUCCESS");
  }

  /** The member {@code error_code}; empty when the body is of another shape. */
  public String code() {
    return member(body, "error_code");
  }

  /** Whether this is the right answer to a GET of a key that is not there. */
  public boolean saysAbsent() {
    return isSuccess() && member(body, "response").equals(ABSENT);
  }

  /**
   * The value a GET found, if it found one. Values with characters that JSON escapes are not
   * decoded.
   */
  public Optional<String> value() {
    String response = member(body, "response");
    return isSuccess() && response.startsWith(PRESENT)
        ? Optional.of(response.substring(PRESENT.length()))
        : Optional.empty();
  }

  /** The text of a member of the flat JSON object, or nothing; escapes are left as they are. */
  static String member(String json, String name) {
    String opening = "\"" + name + "\":\"";
    int start = json.indexOf(opening);
    if (start < 0) {
      return "";
    }
    start += opening.length();
    int end = json.indexOf('"', start);
    return end < 0 ? "" : json.substring(start, end);
  }
}
