package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.config.DidYouMean;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the lines of {@code flotilla batch}: {@code SET key value}, {@code GET key}, {@code DELETE
 * key}, or a JSON object each. What a line means is checked here as far as it can be; limits and
 * conditions are the balancer's to judge.
 */
final class BatchLineParser {
  /** The most a balancer takes in one batch; what stands around the only operation included. */
  static final int MOST_JSON_BYTES = (8 << 20) - 64;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final List<String> VERBS = List.of("SET", "GET", "DELETE");
  private static final Set<String> OPS = Set.of("put", "get", "delete");
  private static final Set<String> FIELDS =
      Set.of(
          "op",
          "key",
          "key_base64",
          "value",
          "value_base64",
          "ttl",
          "if_revision",
          "if_absent",
          "if_present");
  private static final int MOST_SHOWN = 20;

  private final boolean json;

  /**
   * @param json whether the lines are JSON
   */
  BatchLineParser(boolean json) {
    this.json = json;
  }

  /** Signals a line that cannot be sent; never leaves this class. */
  private static final class NonsenseException extends Exception {
    private static final long serialVersionUID = 1;

    NonsenseException(String why) {
      super(why);
    }
  }

  /**
   * @param line without its end
   * @return empty for a line that asks for nothing: blank, or a comment that begins with #
   */
  Optional<BatchLine> parse(long number, byte[] line) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      if (text.isBlank() || text.charAt(skipBlanks(text, 0)) == '#') {
        return Optional.empty();
      }
      return Optional.of(json ? fromJson(number, text) : fromText(number, text));
    } catch (CharacterCodingException e) {
      return refused(
          number, "It is no UTF-8 text; with --json, key_base64 and value_base64 take any bytes.");
    } catch (NonsenseException e) {
      return refused(number, String.valueOf(e.getMessage()));
    }
  }

  /** A line that was too long to be read. */
  static BatchLine tooLong(long number) {
    return new BatchLine.Refused(
        number, "It is longer than a batch may be; use flotilla set, with - for the value.");
  }

  private static Optional<BatchLine> refused(long number, String why) {
    return Optional.of(new BatchLine.Refused(number, why));
  }

  private static BatchLine fromText(long number, String line) throws NonsenseException {
    int verbFrom = skipBlanks(line, 0);
    int verbTo = wordEnd(line, verbFrom);
    String verb = line.substring(verbFrom, verbTo).toUpperCase(Locale.ROOT);
    if (!VERBS.contains(verb)) {
      throw new NonsenseException(
          "There is no " + shown(verb) + "; expected SET key value, GET key or DELETE key.");
    }
    int keyFrom = skipBlanks(line, verbTo);
    int keyTo = wordEnd(line, keyFrom);
    if (keyFrom == keyTo) {
      throw new NonsenseException(verb + " needs a key.");
    }
    String key = line.substring(keyFrom, keyTo);
    ObjectNode operation = JSON.createObjectNode();
    operation.put("op", verb.equals("SET") ? "put" : verb.toLowerCase(Locale.ROOT));
    operation.put("key", key);
    if (verb.equals("SET")) {
      if (keyTo == line.length()) {
        throw new NonsenseException(
            "SET needs a value; for an empty one put a blank after the key.");
      }
      operation.put("value", line.substring(keyTo + 1));
    } else if (!line.substring(keyTo).isBlank()) {
      throw new NonsenseException(
          verb + " takes a key without blanks and nothing else; --json takes any key.");
    }
    return operation(number, operation, key.getBytes(StandardCharsets.UTF_8));
  }

  private static int skipBlanks(String line, int from) {
    int at = from;
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int wordEnd(String line, int from) {
    int at = from;
    while (at < line.length() && !isBlank(line.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t';
  }

  private static String shown(String verb) {
    String start = verb.length() > MOST_SHOWN ? verb.substring(0, MOST_SHOWN) + "..." : verb;
    return OneLine.of(start, null) + DidYouMean.hint(start, VERBS);
  }

  private static BatchLine fromJson(long number, String line) throws NonsenseException {
    JsonNode document;
    try {
      document = JSON.readTree(line);
    } catch (JacksonException e) {
      throw new NonsenseException("It is no JSON: " + e.getOriginalMessage());
    }
    if (!(document instanceof ObjectNode operation)) {
      throw new NonsenseException("Expected an object such as {\"op\":\"get\",\"key\":\"a\"}.");
    }
    for (String field : operation.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw new NonsenseException(
            "There is no field " + OneLine.of(field, null) + DidYouMean.hint(field, FIELDS) + ".");
      }
    }
    String op = operation.path("op").asString("");
    if (!OPS.contains(op)) {
      throw new NonsenseException("op must be get, put or delete.");
    }
    Optional<byte[]> key = bytes(operation, "key");
    if (key.isEmpty() || key.get().length == 0) {
      throw new NonsenseException("It needs a key, or a key_base64.");
    }
    if (op.equals("put") != bytes(operation, "value").isPresent()) {
      throw new NonsenseException(
          op.equals("put") ? "put needs a value, or a value_base64." : op + " takes no value.");
    }
    return operation(number, operation, key.get());
  }

  /** The bytes of a field or of its twin in base 64. */
  private static Optional<byte[]> bytes(ObjectNode operation, String field)
      throws NonsenseException {
    String twin = field + "_base64";
    if (!operation.has(field) && !operation.has(twin)) {
      return Optional.empty();
    }
    if (operation.has(field) && operation.has(twin)) {
      throw new NonsenseException(field + " and " + twin + " exclude each other.");
    }
    String name = operation.has(field) ? field : twin;
    JsonNode node = operation.path(name);
    if (!node.isString()) {
      throw new NonsenseException(name + " must be a text.");
    }
    if (name.equals(field)) {
      return Optional.of(node.stringValue().getBytes(StandardCharsets.UTF_8));
    }
    try {
      return Optional.of(Base64.getDecoder().decode(node.stringValue()));
    } catch (IllegalArgumentException e) {
      throw new NonsenseException(name + " is not base 64.");
    }
  }

  private static BatchLine operation(long number, ObjectNode operation, byte[] key)
      throws NonsenseException {
    byte[] bytes;
    try {
      bytes = JSON.writeValueAsBytes(operation);
    } catch (JacksonException e) {
      // Half of a surrogate pair, which JSON can spell and UTF-8 cannot.
      throw new NonsenseException("It cannot be sent as UTF-8; use the fields with _base64.");
    }
    if (bytes.length > MOST_JSON_BYTES) {
      throw new NonsenseException(
          "It is larger than a batch may be; use flotilla set, with - for the value.");
    }
    return new BatchLine.Operation(
        number,
        operation.path("op").asString(""),
        new String(key, StandardCharsets.ISO_8859_1),
        bytes);
  }
}
