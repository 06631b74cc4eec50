package dev.flotilla.bench.fake;

import dev.flotilla.bench.fake.FakeHttpServer.Reaction;
import dev.flotilla.bench.fake.FakeHttpServer.Request;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/** The REST door over a sorted map with one revision counter; keys must need no escapes. */
public final class FakeRestService implements AutoCloseable {

  private static final String PATH = "/v1/kv/";

  private record Stored(String value, long revision) {}

  private final TreeMap<String, Stored> data = new TreeMap<>();
  private final FakeHttpServer server = new FakeHttpServer(this::serve);
  private long revision;
  private int scans;

  public FakeRestService() throws IOException {}

  public InetSocketAddress address() {
    return server.address();
  }

  public synchronized int size() {
    return data.size();
  }

  public synchronized int scans() {
    return scans;
  }

  private synchronized Reaction serve(Request request) {
    String[] line = request.line().split(" ");
    if (!line[1].startsWith(PATH)) {
      return list(line[1]);
    }
    String key = line[1].substring(PATH.length());
    Stored stored = data.get(key);
    return switch (line[0]) {
      case "PUT" -> put(key, stored, request);
      case "GET" -> stored == null ? problem(404) : answer(200, stored.revision(), stored.value());
      default -> problem(405);
    };
  }

  private Reaction put(String key, Stored stored, Request request) {
    String match = request.header("If-Match").replace("\"", "");
    if (!match.isEmpty() && (stored == null || stored.revision() != Long.parseLong(match))) {
      return problem(412);
    }
    data.put(key, new Stored(request.body(), ++revision));
    return answer(stored == null ? 201 : 200, revision, "");
  }

  private Reaction list(String target) {
    scans++;
    int limit = Integer.parseInt(parameter(target, "limit"));
    StringBuilder keys = new StringBuilder();
    Iterator<Map.Entry<String, Stored>> rest =
        data.tailMap(parameter(target, "cursor"), false).entrySet().iterator();
    String last = "";
    for (int i = 0; i < limit && rest.hasNext(); i++) {
      last = rest.next().getKey();
      keys.append(i == 0 ? "" : ",").append("{\"key\":\"").append(last).append("\"}");
    }
    String cursor = rest.hasNext() ? "\"" + last + "\"" : "null";
    return FakeHttpServer.answer(200, "", "{\"keys\":[" + keys + "],\"cursor\":" + cursor + "}");
  }

  private static String parameter(String target, String name) {
    for (String pair : target.substring(target.indexOf('?') + 1).split("&")) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return "";
  }

  private static Reaction answer(int status, long revision, String body) {
    return FakeHttpServer.answer(
        status, "X-Flotilla-Group: g1\r\nX-Flotilla-Revision: " + revision + "\r\n", body);
  }

  private static Reaction problem(int status) {
    return FakeHttpServer.answer(status, "", "{\"code\":\"HTTP\",\"outcome\":\"not_applied\"}");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
