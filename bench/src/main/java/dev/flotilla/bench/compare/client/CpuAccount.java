package dev.flotilla.bench.compare.client;

import dev.flotilla.bench.load.Phase;
import dev.flotilla.bench.load.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Processor time during the measured phase of a run: read at the last tick of the warm-up and at
 * the last one of the measurement.
 */
final class CpuAccount implements Progress {

  private final CpuClock servers;
  private final CpuClock client;
  private long serversBegan;
  private long clientBegan;
  private long serversEnded;
  private long clientEnded;

  CpuAccount(CpuClock servers, CpuClock client) throws IOException {
    this.servers = servers;
    this.client = client;
    begin();
  }

  @Override
  public void tick(Tick tick) {
    try {
      if (tick.phase() == Phase.MEASURE) {
        serversEnded = servers.micros();
        clientEnded = client.micros();
      } else {
        begin();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a server is gone in the middle of a run", e);
    }
  }

  long serverMicros() {
    return serversEnded - serversBegan;
  }

  long clientMicros() {
    return clientEnded - clientBegan;
  }

  private void begin() throws IOException {
    serversBegan = servers.micros();
    clientBegan = client.micros();
  }
}
