package dev.flotilla.bench.compare.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A map that speaks RESP; it hangs up on who asks for the key {@code hangup}. */
final class FakeRedis implements AutoCloseable {

  private final ServerSocket server;
  private final Map<String, String> values = new ConcurrentHashMap<>();

  FakeRedis() throws IOException {
    server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      List<String> command = command(in);
      while (!command.get(1).equals("hangup")) {
        out.write(answer(command).getBytes(US_ASCII));
        command = command(in);
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private String answer(List<String> command) {
    if (command.getFirst().equals("SET")) {
      values.put(command.get(1), command.get(2));
      return "+OK\r\n";
    }
    String value = values.get(command.get(1));
    return value == null ? "$-1\r\n" : "$" + value.length() + "\r\n" + value + "\r\n";
  }

  private static List<String> command(DataInputStream in) throws IOException {
    int words = number(in, '*');
    List<String> command = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      byte[] word = in.readNBytes(number(in, '$'));
      in.readNBytes(2);
      command.add(new String(word, US_ASCII));
    }
    return command;
  }

  private static int number(DataInputStream in, char kind) throws IOException {
    if (in.readByte() != kind) {
      throw new IOException("not a command");
    }
    int number = 0;
    for (byte digit = in.readByte(); digit != '\r'; digit = in.readByte()) {
      number = 10 * number + digit - '0';
    }
    in.readByte();
    return number;
  }
}
