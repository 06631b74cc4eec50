package dev.flotilla.raft.transport;

/** Event loops shared by all servers and channels of one process. */
public final class Network implements AutoCloseable {

  public Network(int threads) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
