package dev.flotilla.launcher;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for a whole local cluster. */
public final class FreePorts {
  private static final int NODES = 9;
  private static final int GRPC_BELOW_BASE = 1_079;

  private FreePorts() {}

  /** A base port whose whole range is free right now; below the ephemeral ports. */
  public static int base() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int base = ThreadLocalRandom.current().nextInt(12_000, 32_000);
      boolean free = isFree(base);
      for (int i = 0; free && i < NODES; i++) {
        free = isFree(base + 1 + i) && isFree(base - GRPC_BELOW_BASE + i);
      }
      if (free) {
        return base;
      }
    }
    throw new IllegalStateException("no free ports");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
