package dev.flotilla.bench.fake;

import dev.flotilla.bench.fake.FakeHttpServer.Reaction;
import dev.flotilla.bench.fake.FakeHttpServer.Request;
import dev.flotilla.slot.Slots;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The form door over a map: groups by slot, a revision counter for each slot, sessions. Tests put
 * an interceptor in front of it to make it fail or lie.
 */
public final class FakeFormService implements AutoCloseable {

  private static final String DONE = "{\"response\":\"\",\"error_code\":\"SUCCESS\"}";

  private record Stored(String value, long revision) {}

  /** Decides what becomes of a request; by default the service's own answer. */
  @FunctionalInterface
  public interface Interceptor {
    Reaction around(Request request, FakeFormService service);
  }

  private final Map<String, Stored> data = new HashMap<>();
  private final Map<Integer, Long> slotRevisions = new HashMap<>();
  private final Map<String, Long> sessions = new HashMap<>();
  private final AtomicReference<Interceptor> interceptor =
      new AtomicReference<>((request, service) -> service.serve(request));
  private final FakeHttpServer server;
  private final int groups;
  private long term = 1;

  public FakeFormService(int groups) throws IOException {
    this.groups = groups;
    this.server = new FakeHttpServer(request -> interceptor.get().around(request, this));
  }

  public InetSocketAddress address() {
    return server.address();
  }

  public FakeHttpServer http() {
    return server;
  }

  public void intercept(Interceptor next) {
    interceptor.set(next);
  }

  public synchronized void elect() {
    term++;
  }

  /** Forgets a key without a trace in its slot's revision. */
  public synchronized void lose(String key) {
    data.remove(key);
  }

  /** Writes the key once more, as a second effect of the same write would. */
  public synchronized void writeAgain(String key) {
    Stored stored = data.get(key);
    if (stored != null) {
      data.put(key, new Stored(stored.value(), nextRevision(key)));
    }
  }

  public synchronized void overwrite(String key, String value) {
    Stored stored = data.get(key);
    if (stored != null) {
      data.put(key, new Stored(value, stored.revision()));
    }
  }

  public synchronized int size() {
    return data.size();
  }

  public synchronized java.util.List<String> keys() {
    return java.util.List.copyOf(data.keySet());
  }

  public String groupOf(String key) {
    return "g" + (1 + slot(key) % groups);
  }

  /** The right answer, with its effect. */
  public synchronized Reaction serve(Request request) {
    String[] parts = request.field("request").split("\\|", 3);
    String key = parts[1];
    if (!key.equals(request.field("key"))) {
      return refuse(400, "BAD_REQUEST", "not_applied");
    }
    return switch (parts[0]) {
      case "SET" -> set(request, key, parts[2]);
      case "GET" -> {
        Stored stored = data.get(key);
        String response = stored == null ? "0|" : "1|" + stored.value();
        yield done(
            key,
            stored == null ? 0 : stored.revision(),
            "{\"response\":\"" + response + "\",\"error_code\":\"SUCCESS\"}");
      }
      case "DELETE" -> {
        data.remove(key);
        yield done(key, nextRevision(key), DONE);
      }
      default -> refuse(400, "BAD_REQUEST", "not_applied");
    };
  }

  private Reaction set(Request request, String key, String value) {
    String session = request.header("X-Client-Id") + "/" + request.header("X-Request-Seq");
    Long answered = session.equals("/") ? null : sessions.get(session);
    if (answered != null) {
      return done(key, answered, DONE);
    }
    long revision = nextRevision(key);
    data.put(key, new Stored(value, revision));
    sessions.put(session, revision);
    return done(key, revision, DONE);
  }

  public static Reaction refuse(int status, String code, String outcome) {
    return FakeHttpServer.answer(
        status,
        "",
        "{\"response\":\"\",\"error_code\":\""
            + code
            + "\",\"outcome\":\""
            + outcome
            + "\",\"message\":\"as told\"}");
  }

  private Reaction done(String key, long revision, String body) {
    return FakeHttpServer.answer(
        200,
        "X-Flotilla-Group: "
            + groupOf(key)
            + "\r\nX-Flotilla-Term: "
            + term
            + "\r\nX-Flotilla-Revision: "
            + revision
            + "\r\n",
        body);
  }

  private long nextRevision(String key) {
    return slotRevisions.merge(slot(key), 1L, Long::sum);
  }

  private static int slot(String key) {
    return Slots.of(key.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
