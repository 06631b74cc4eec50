package dev.flotilla.launcher.faults;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over one kept connection. Sends every request exactly once: a client library that tries
 * again by itself would do things twice that nobody recorded.
 */
final class PlainHttp implements AutoCloseable {
  private static final int MAX_LINE_BYTES = 16 << 10;
  private static final int MAX_BODY_BYTES = 8 << 20;
  private static final int CONNECT_MILLIS = 2_000;

  private final InetSocketAddress server;
  private @Nullable Socket socket;
  private @Nullable InputStream in;

  /**
   * @param address host:port
   */
  PlainHttp(String address) {
    int colon = address.lastIndexOf(':');
    server =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /**
   * @param headers by name in lower case
   */
  record Answer(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** Throws whenever the answer did not come whole; the request may then have been carried out. */
  Answer send(
      String method, String path, Map<String, String> headers, byte[] body, int timeoutMillis)
      throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: flotilla\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    byte[] headBytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] request = new byte[headBytes.length + body.length];
    System.arraycopy(headBytes, 0, request, 0, headBytes.length);
    System.arraycopy(body, 0, request, headBytes.length, body.length);
    try {
      InputStream answer = connected();
      socket.setSoTimeout(timeoutMillis);
      socket.getOutputStream().write(request);
      return read(answer);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private InputStream connected() throws IOException {
    if (in == null) {
      socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.connect(server, CONNECT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    }
    return in;
  }

  private Answer read(InputStream answer) throws IOException {
    String status = line(answer);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(answer); !line.isEmpty(); line = line(answer)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int code = Integer.parseInt(status.split(" ")[1]);
    int length = code == 204 ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "-1"));
    if (length < 0 || length > MAX_BODY_BYTES) {
      throw new IOException("an answer without a usable length: " + status + " " + headers);
    }
    byte[] body = answer.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("half an answer");
    }
    if ("close".equalsIgnoreCase(headers.get("connection"))) {
      close();
    }
    return new Answer(code, headers, new String(body, StandardCharsets.UTF_8));
  }

  private static String line(InputStream answer) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = answer.read(); c != '\n'; c = answer.read()) {
      if (c < 0 || line.length() > MAX_LINE_BYTES) {
        throw new EOFException("no answer");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // Given up either way.
      }
    }
    socket = null;
    in = null;
  }
}
