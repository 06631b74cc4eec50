package dev.flotilla.balancer.http;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.ScanPosition;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lists keys, group after group and within a group in the order (slot, key). A page is linearizable
 * in each of its parts but no picture of one moment; a key that is there throughout the walk is
 * listed exactly once.
 */
@RestController
final class ListController {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST_KEYS = 1_000;

  /**
   * Scans that one page may take; each does a bounded amount of work and may come back with
   * nothing.
   */
  private static final int MOST_SCANS = 64;

  private final KvService service;
  private final HttpLimits limits;
  private final Admission admission;
  private final Answers answers;

  ListController(KvService service, HttpLimits limits, Admission admission, Answers answers) {
    this.service = service;
    this.limits = limits;
    this.admission = admission;
    this.answers = answers;
  }

  private record Page(List<KvAnswer.Key> keys, @Nullable ScanPosition next) {}

  @GetMapping("/v1/kv")
  void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
    QueryString query =
        QueryString.parse(request.getQueryString(), Set.of("prefix", "limit", "cursor"));
    byte[] prefix = query.bytes("prefix");
    if (prefix.length > limits.maxKeyBytes()) {
      throw ApiException.tooLarge("the prefix is longer than any key");
    }
    int limit = query.text("limit").map(ListController::limit).orElse(DEFAULT_LIMIT);
    List<Integer> groups = service.groups().stream().map(GroupView::id).toList();
    ScanPosition from =
        query
            .text("cursor")
            .map(cursor -> position(cursor, groups))
            .orElseGet(() -> ScanPosition.startOf(groups.getFirst()));
    try (Admission.Pass _ = admission.enter(1, 0)) {
      Page page = walk(prefix, limit, from, groups, CallHeaders.parse(request));
      Answers.write(response, 200, Answers.JSON, body(page));
    }
  }

  private Page walk(
      byte[] prefix, int limit, ScanPosition from, List<Integer> groups, CallOptions options) {
    List<KvAnswer.Key> found = new ArrayList<>();
    ScanPosition at = from;
    for (int scans = 0; scans < MOST_SCANS && found.size() < limit; scans++) {
      KvRequest.Scan scan = new KvRequest.Scan(prefix, limit - found.size(), at);
      switch (Await.answer(service.execute(scan, options))) {
        case KvAnswer.Keys keys -> {
          found.addAll(keys.keys());
          if (keys.more()) {
            at = keys.next();
          } else {
            int following = groups.indexOf(at.group()) + 1;
            if (following == groups.size()) {
              return new Page(found, null);
            }
            at = ScanPosition.startOf(groups.get(following));
          }
        }
        case KvAnswer.Failed failed -> throw answers.failure(failed);
        case KvAnswer other -> throw answers.unexpected(other);
      }
    }
    return new Page(found, at);
  }

  private static int limit(String text) {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST_KEYS) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same answer as a number out of range.
    }
    throw ApiException.badRequest("limit must be 1 to " + MOST_KEYS);
  }

  private static ScanPosition position(String cursor, List<Integer> groups) {
    return ScanPosition.fromCursor(cursor)
        .filter(position -> groups.contains(position.group()))
        .orElseThrow(() -> ApiException.badRequest("the cursor is none of ours"));
  }

  private static JsonBytes body(Page page) {
    JsonBytes json = new JsonBytes(64 + page.keys().size() * 80);
    json.raw("{\"keys\":[");
    String separator = "";
    for (KvAnswer.Key key : page.keys()) {
      json.raw(separator).raw("{");
      separator = ",";
      putBytes(json, "key", key.name());
      json.raw(",\"revision\":").number(key.revision());
      json.raw(",\"size\":").number(key.sizeBytes());
      if (key.expiresAtMillis() > 0) {
        json.raw(",\"expires_at_millis\":").number(key.expiresAtMillis());
      }
      json.raw("}");
    }
    json.raw("],\"cursor\":");
    return page.next() == null ? json.raw("null}") : json.string(page.next().toCursor()).raw("}");
  }

  /** Bytes as text where they are text, and as base64 under another name where they are not. */
  static void putBytes(JsonBytes json, String name, ByteString bytes) {
    if (bytes.isValidUtf8()) {
      json.raw("\"").raw(name).raw("\":\"").escaped(bytes).raw("\"");
    } else {
      json.raw("\"").raw(name).raw("_base64\":\"");
      json.raw(Base64.getEncoder().encodeToString(bytes.toByteArray())).raw("\"");
    }
  }
}
