package dev.flotilla.balancer.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of a query string, as bytes. */
final class QueryString {
  private final Map<String, byte[]> parameters = new HashMap<>();

  private QueryString() {}

  /**
   * @throws ApiException 400 for a parameter that is not known, given twice, or badly encoded
   */
  static QueryString parse(@Nullable String raw, Set<String> known) {
    QueryString query = new QueryString();
    if (raw == null || raw.isEmpty()) {
      return query;
    }
    byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    int from = 0;
    while (from < bytes.length) {
      int to = FormFields.indexOf(bytes, (byte) '&', from, bytes.length);
      if (to > from) {
        int equals = FormFields.indexOf(bytes, (byte) '=', from, to);
        String name = text(PercentCoding.decode(bytes, from, equals, true));
        if (!known.contains(name)) {
          throw ApiException.badRequest("there is no parameter " + printable(name));
        }
        byte[] value = PercentCoding.decode(bytes, Math.min(equals + 1, to), to, true);
        if (query.parameters.put(name, value) != null) {
          throw ApiException.badRequest("the parameter " + name + " is given twice");
        }
      }
      from = to + 1;
    }
    return query;
  }

  byte[] bytes(String name) {
    byte[] value = parameters.get(name);
    return value == null ? new byte[0] : Arrays.copyOf(value, value.length);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(parameters.get(name)).map(QueryString::text);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String printable(String name) {
    return name.length() > 40 ? name.substring(0, 40) + "..." : name;
  }
}
