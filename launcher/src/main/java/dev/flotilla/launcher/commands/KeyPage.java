package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Some of the keys, as {@code GET /v1/kv} lists them.
 *
 * @param cursor where the next page begins; null after the last one
 */
public record KeyPage(List<Key> keys, @Nullable String cursor) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public KeyPage {
    keys = List.copyOf(keys);
  }

  /**
   * One key.
   *
   * @param text null when the key is no text
   * @param base64 the key when it is no text
   * @param sizeBytes of its value
   * @param expiresAtMillis since 1970, by its group's clock; 0 = never
   */
  public record Key(
      @Nullable String text,
      @Nullable String base64,
      long revision,
      long sizeBytes,
      long expiresAtMillis) {

    /** The key in one line. */
    String shown() {
      return OneLine.of(text, base64);
    }

    /** The key's name as JSON fields. */
    Map<String, @Nullable Object> name() {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      if (text == null) {
        document.put("keyBase64", base64);
      } else {
        document.put("key", text);
      }
      return document;
    }
  }

  /**
   * @throws Failure when the text is no page of keys
   */
  static KeyPage read(byte[] body) {
    JsonNode document;
    try {
      document = JSON.readTree(body);
    } catch (JacksonException e) {
      throw strange(e);
    }
    if (!document.path("keys").isArray()) {
      throw strange(null);
    }
    List<Key> keys = new ArrayList<>();
    for (JsonNode key : document.path("keys")) {
      keys.add(
          new Key(
              textOrNull(key.path("key")),
              textOrNull(key.path("key_base64")),
              key.path("revision").asLong(0),
              key.path("size").asLong(0),
              key.path("expires_at_millis").asLong(0)));
    }
    return new KeyPage(keys, textOrNull(document.path("cursor")));
  }

  private static Failure strange(@Nullable JacksonException e) {
    return new Failure(
        ExitCode.FAILED, "The answer is no list of keys.", "Check the URL of the balancer.", e);
  }

  private static @Nullable String textOrNull(JsonNode node) {
    return node.isString() ? node.stringValue() : null;
  }
}
