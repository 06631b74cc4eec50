package dev.flotilla.balancer.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A small JSON object whose fields are all strings. */
final class JsonFields {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private final Map<String, String> fields;

  private JsonFields(Map<String, String> fields) {
    this.fields = fields;
  }

  /**
   * @param known the names it may have
   * @throws ApiException 400 for anything else
   */
  static JsonFields parse(byte[] body, Set<String> known) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw ApiException.badRequest("the body must be a JSON object");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (!known.contains(name)) {
          throw ApiException.badRequest(
              "there is no field " + (name.length() > 40 ? name.substring(0, 40) + "..." : name));
        }
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw ApiException.badRequest("the field " + name + " must be a string");
        }
        if (fields.put(name, parser.getString()) != null) {
          throw ApiException.badRequest("the field " + name + " is given twice");
        }
      }
      if (parser.nextToken() != null) {
        throw ApiException.badRequest("something follows the JSON object");
      }
    } catch (JacksonException e) {
      throw ApiException.badRequest("the body is not well-formed JSON");
    }
    return new JsonFields(fields);
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  /**
   * @throws ApiException 400 when it is missing
   */
  String require(String name) {
    return get(name)
        .orElseThrow(() -> ApiException.badRequest("the field " + name + " is missing"));
  }
}
