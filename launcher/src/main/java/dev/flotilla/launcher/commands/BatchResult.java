package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * What became of one operation of a batch.
 *
 * @param fields as the balancer named them: {@code outcome}, {@code revision}, {@code value}, ...
 */
public record BatchResult(int status, Map<String, Object> fields) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** One that was refused; it had no effect. */
  static BatchResult refused(int status, String code, String detail) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("status", status);
    fields.put("outcome", "not_applied");
    fields.put("code", code);
    fields.put("detail", detail);
    return new BatchResult(status, fields);
  }

  /** A field's text; null when there is none. */
  @Nullable String text(String name) {
    Object value = fields.get(name);
    return value == null ? null : value.toString();
  }

  /**
   * Reads {@code {"results":[...]}} as it comes in and hands over each result, so that never more
   * than one of them is in memory.
   *
   * @throws IOException when the stream breaks
   * @throws Failure when it is something else
   */
  static void readAll(InputStream in, Consumer<BatchResult> results) throws IOException {
    try (JsonParser parser = JSON.createParser(in)) {
      expect(parser.nextToken() == JsonToken.START_OBJECT);
      expect(parser.nextToken() == JsonToken.PROPERTY_NAME);
      expect("results".equals(parser.currentName()));
      expect(parser.nextToken() == JsonToken.START_ARRAY);
      JsonToken token = parser.nextToken();
      while (token != JsonToken.END_ARRAY) {
        expect(token == JsonToken.START_OBJECT);
        results.accept(read(parser));
        token = parser.nextToken();
      }
    } catch (JacksonException e) {
      if (e.getCause() instanceof IOException broken) {
        throw broken;
      }
      throw strange(e);
    }
  }

  private static BatchResult read(JsonParser parser) {
    Map<String, Object> fields = new LinkedHashMap<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_OBJECT) {
      expect(token == JsonToken.PROPERTY_NAME);
      String name = parser.currentName();
      switch (parser.nextToken()) {
        case VALUE_STRING -> fields.put(name, parser.getString());
        case VALUE_NUMBER_INT -> fields.put(name, parser.getNumberValue());
        case VALUE_TRUE -> fields.put(name, true);
        case VALUE_FALSE -> fields.put(name, false);
        case START_OBJECT, START_ARRAY -> parser.skipChildren(); // of a later version
        case null, default -> expect(parser.currentToken() != null);
      }
      token = parser.nextToken();
    }
    expect(fields.get("status") instanceof Integer);
    return new BatchResult((Integer) fields.getOrDefault("status", 0), fields);
  }

  private static void expect(boolean holds) {
    if (!holds) {
      throw strange(null);
    }
  }

  private static Failure strange(@Nullable JacksonException e) {
    return new Failure(
        ExitCode.FAILED,
        "The answer is none to a batch; whether it took effect is unknown.",
        "Check the URL of the balancer.",
        e);
  }
}
