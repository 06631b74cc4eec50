package dev.flotilla.bench.fake;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A keep-alive HTTP server on loopback whose every answer byte is the test's. */
public final class FakeHttpServer implements AutoCloseable {

  /** What the server does with a request. */
  public sealed interface Reaction {}

  /** Sends these bytes as they are. */
  public record Raw(byte[] bytes) implements Reaction {}

  /** Sends these bytes and closes the connection. */
  public record RawThenClose(byte[] bytes) implements Reaction {}

  /** Resets the connection. */
  public record Reset() implements Reaction {}

  /** Answers nothing and keeps the connection open. */
  public record Silence() implements Reaction {}

  /**
   * @param headers by lower-case name
   */
  public record Request(String line, Map<String, String> headers, String body) {

    /** A decoded form field; empty when missing. */
    public String field(String name) {
      for (String pair : body.split("&")) {
        if (pair.startsWith(name + "=")) {
          return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
        }
      }
      return "";
    }

    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  /** Called on a connection's own thread. */
  @FunctionalInterface
  public interface Handler {
    Reaction handle(Request request);
  }

  private final ServerSocket server;
  private final Handler handler;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  public FakeHttpServer(Handler handler) throws IOException {
    this.handler = handler;
    this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  public int acceptedConnections() {
    return accepted.get();
  }

  public void closeConnections() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** An answer with a Content-Length. */
  public static Raw answer(int status, String headers, String body) {
    return new Raw(
        ("HTTP/1.1 "
                + status
                + " \r\nContent-Type: application/json\r\n"
                + headers
                + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n"
                + body)
            .getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    server.close();
    closeConnections();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (react(socket, handler.handle(read(in)))) {
        // One request after the other.
      }
    } catch (IOException e) {
      // The client went away.
    } finally {
      open.remove(socket);
    }
  }

  private static boolean react(Socket socket, Reaction reaction) throws IOException {
    return switch (reaction) {
      case Raw raw -> {
        socket.getOutputStream().write(raw.bytes());
        yield true;
      }
      case RawThenClose raw -> {
        socket.getOutputStream().write(raw.bytes());
        yield false;
      }
      case Reset _ -> {
        socket.setSoLinger(true, 0);
        yield false;
      }
      case Silence _ -> true;
    };
  }

  private static Request read(InputStream in) throws IOException {
    String line = line(in);
    Map<String, String> headers = new HashMap<>();
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).trim());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Request(line, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("end of stream");
      }
      if (b != '\r') {
        bytes.write(b);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
