package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.Consistency;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Precondition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a batch: {@code {"ops":[{"op":"put","key":"a","value":"1"}, ...]}}. Keys and values are
 * text, or base64 under {@code key_base64} and {@code value_base64}. A batch is refused as a whole
 * when any part of it makes no sense: nothing of it is carried out then.
 */
final class BatchParser {
  private final HttpLimits limits;
  private final JsonFactory json;

  BatchParser(HttpLimits limits) {
    this.limits = limits;
    this.json =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxStringLength(limits.maxBatchBytes())
                    .build())
            .build();
  }

  /**
   * @throws ApiException 400 or 413
   */
  List<KvRequest> parse(byte[] body) {
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "an object with the field ops");
      expect(parser.nextToken(), JsonToken.PROPERTY_NAME, "the field ops");
      if (!"ops".equals(parser.currentName())) {
        throw ApiException.badRequest("a batch has the field ops and no other");
      }
      expect(parser.nextToken(), JsonToken.START_ARRAY, "ops to be an array");
      List<KvRequest> requests = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (requests.size() == HttpLimits.MAX_BATCH_OPERATIONS) {
          throw ApiException.tooLarge(
              "a batch has " + HttpLimits.MAX_BATCH_OPERATIONS + " operations at most");
        }
        expect(parser.currentToken(), JsonToken.START_OBJECT, "an operation to be an object");
        requests.add(operation(parser, requests.size()));
      }
      expect(parser.nextToken(), JsonToken.END_OBJECT, "nothing after ops");
      if (parser.nextToken() != null) {
        throw ApiException.badRequest("something follows the batch");
      }
      return requests;
    } catch (JacksonException e) {
      throw ApiException.badRequest("the batch is not well-formed JSON");
    }
  }

  private KvRequest operation(JsonParser parser, int number) {
    Fields fields = new Fields();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (name) {
        case "op" -> fields.op = text(parser, token, name);
        case "key" -> fields.key = bytes(parser, token, name);
        case "key_base64" -> fields.key = base64(parser, token, name);
        case "value" -> fields.value = bytes(parser, token, name);
        case "value_base64" -> fields.value = base64(parser, token, name);
        case "ttl" -> fields.ttlMillis = KvController.ttlMillis(text(parser, token, name));
        case "if_revision" -> fields.require(new Precondition.RevisionIs(number(parser, token)));
        case "if_absent" -> fields.requireIf(token, Precondition.ABSENT);
        case "if_present" -> fields.requireIf(token, Precondition.PRESENT);
        default -> throw ApiException.badRequest("operation " + number + " has an unknown field");
      }
    }
    return fields.toRequest(number, limits);
  }

  private static void expect(@Nullable JsonToken token, JsonToken wanted, String what) {
    if (token != wanted) {
      throw ApiException.badRequest("expected " + what);
    }
  }

  private static String text(JsonParser parser, JsonToken token, String name) {
    expect(token, JsonToken.VALUE_STRING, name + " to be a string");
    return parser.getString();
  }

  private static byte[] bytes(JsonParser parser, JsonToken token, String name) {
    return text(parser, token, name).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] base64(JsonParser parser, JsonToken token, String name) {
    try {
      return Base64.getDecoder().decode(text(parser, token, name));
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(name + " is not base64");
    }
  }

  private static long number(JsonParser parser, JsonToken token) {
    expect(token, JsonToken.VALUE_NUMBER_INT, "if_revision to be a whole number");
    return parser.getLongValue();
  }

  private static final class Fields {
    @Nullable String op;
    byte @Nullable [] key;
    byte @Nullable [] value;
    long ttlMillis;
    Precondition precondition = Precondition.NONE;

    void require(Precondition wanted) {
      if (!(precondition instanceof Precondition.None)) {
        throw ApiException.badRequest("an operation has one condition at most");
      }
      precondition = wanted;
    }

    void requireIf(JsonToken token, Precondition wanted) {
      if (token == JsonToken.VALUE_TRUE) {
        require(wanted);
      } else if (token != JsonToken.VALUE_FALSE) {
        throw ApiException.badRequest("if_absent and if_present are true or false");
      }
    }

    KvRequest toRequest(int number, HttpLimits limits) {
      if (op == null || key == null) {
        throw ApiException.badRequest("operation " + number + " lacks op or key");
      }
      Keys.check(key, limits);
      boolean hasCondition = !(precondition instanceof Precondition.None);
      return switch (op) {
        case "get" -> {
          if (value != null || ttlMillis != 0 || hasCondition) {
            throw ApiException.badRequest("get takes a key only, in operation " + number);
          }
          yield new KvRequest.Get(key, false, Consistency.LINEARIZABLE);
        }
        case "delete" -> {
          if (value != null || ttlMillis != 0 || precondition instanceof Precondition.Absent) {
            throw ApiException.badRequest(
                "delete takes a key, if_revision and if_present only, in operation " + number);
          }
          yield new KvRequest.Delete(key, precondition);
        }
        case "put" -> {
          if (value == null) {
            throw ApiException.badRequest("operation " + number + " lacks a value");
          }
          Keys.checkValue(value, limits);
          yield new KvRequest.Put(key, value, precondition, ttlMillis);
        }
        default ->
            throw ApiException.badRequest("op is get, put or delete, in operation " + number);
      };
    }
  }
}
