package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionLimitTest {
  private static final int MOST = 3;

  private final Network network = new Network(1, MOST);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeEverything() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    network.close();
  }

  private int server() throws IOException {
    ScriptedNode node = new ScriptedNode(network, 0, ScriptedNode.Exchange::answerAll);
    opened.add(node);
    return node.port();
  }

  private Socket stranger(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    opened.add(socket);
    return socket;
  }

  /** A server greets whoever it takes with its settings; of whom it does not take it hangs up. */
  private static boolean isTaken(Socket socket) throws IOException {
    return socket.getInputStream().read() >= 0;
  }

  @Test
  void connectionsBeyondTheLimitAreClosedWhicheverServerTheyCameTo() throws IOException {
    int first = server();
    int second = server();
    assertThat(isTaken(stranger(first))).isTrue();
    assertThat(isTaken(stranger(second))).isTrue();
    assertThat(isTaken(stranger(first))).isTrue();
    assertThat(isTaken(stranger(second))).isFalse();
    assertThat(network.refusedConnections()).isEqualTo(1);
  }

  @Test
  void whoLeavesMakesRoom() throws IOException {
    int port = server();
    Socket leaving = stranger(port);
    assertThat(isTaken(leaving)).isTrue();
    for (int i = 1; i < MOST; i++) {
      assertThat(isTaken(stranger(port))).isTrue();
    }
    assertThat(isTaken(stranger(port))).isFalse();
    leaving.close();
    await().until(() -> isTaken(stranger(port)));
  }
}
