package dev.flotilla.bench.compare;

import dev.flotilla.bench.compare.client.ClientMain;
import dev.flotilla.bench.compare.lineup.Contestant;
import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.result.Entry;
import dev.flotilla.bench.compare.result.Head;
import dev.flotilla.bench.compare.result.Measured;
import dev.flotilla.bench.compare.result.ResultFile;
import dev.flotilla.bench.compare.server.Processes;
import dev.flotilla.bench.compare.server.Servers;
import dev.flotilla.bench.compare.server.Site;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * All rounds. In each, every system has a turn: its servers start with empty disks, the client
 * process measures it, everything ends, and only then comes the next. Each round begins with
 * another system, so that none is always measured when the machine is fresh, or tired.
 */
final class Campaign implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String LEDGER = "pids";

  private final Site site;
  private final Path work;
  private final Head.Settings settings;
  private final List<Integer> outstanding;
  private final PrintWriter log;
  private volatile @Nullable Processes running;

  /**
   * @param work a directory on a real disk, empty, for all data
   */
  Campaign(
      Site site, Path work, Head.Settings settings, List<Integer> outstanding, PrintWriter log) {
    this.site = site;
    this.work = work;
    this.settings = settings;
    this.outstanding = List.copyOf(outstanding);
    this.log = log;
  }

  void run(List<Contestant> contestants, ResultFile results)
      throws IOException, InterruptedException {
    for (int round = 1; round <= settings.rounds(); round++) {
      List<Contestant> order = new ArrayList<>(contestants);
      Collections.rotate(order, 1 - round);
      for (Contestant contestant : order) {
        say("round %d of %d: %s", round, settings.rounds(), contestant.title());
        turn(round, contestant, results);
      }
    }
  }

  /** Ends what runs; for who breaks off. */
  @Override
  public void close() {
    Processes current = running;
    if (current != null) {
      current.close();
    }
  }

  private void turn(int round, Contestant contestant, ResultFile results)
      throws IOException, InterruptedException {
    Path directory = work.resolve(contestant.name() + "-" + round);
    Files.createDirectories(directory);
    try (Processes processes = new Processes(directory, work.resolve(LEDGER))) {
      running = processes;
      Process client = null;
      try {
        Servers servers = contestant.starter().start(site, processes);
        client = processes.startToRead("client", clientCommand(contestant, servers));
        read(client, round, contestant, results);
      } catch (IOException e) {
        throw new IOException(
            contestant.title() + ": " + e.getMessage() + "\n" + processes.tails(), e);
      }
    } finally {
      running = null;
    }
    Processes.deleteTree(directory);
  }

  private void read(Process client, int round, Contestant contestant, ResultFile results)
      throws IOException, InterruptedException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // Libraries print to the same stream.
        if (line.startsWith("{")) {
          Measured measured = JSON.readValue(line, Measured.class);
          results.add(new Entry(round, contestant.name(), measured));
          say(measured);
        }
      }
    }
    int status = client.waitFor();
    if (status != 0) {
      throw new IOException("the client process ended with " + status);
    }
  }

  private List<String> clientCommand(Contestant contestant, Servers servers) throws IOException {
    List<String> words =
        new ArrayList<>(site.clientJvm(contestant.starter().clientClassPath(site)));
    words.add(ClientMain.class.getName());
    words.add("--doors=" + contestant.doors());
    words.add("--cluster=" + servers.cluster());
    servers.addresses().forEach(address -> words.add("--server=" + address));
    servers.pids().forEach(pid -> words.add("--pid=" + pid));
    words.add("--keys=" + settings.keys());
    words.add("--value-bytes=" + settings.valueBytes());
    words.add("--writes-first=" + settings.writesFirstSeconds());
    words.add("--reads-first=" + settings.readsFirstSeconds());
    words.add("--warmup=" + settings.warmupSeconds());
    words.add("--seconds=" + settings.seconds());
    for (Cell cell : contestant.cells(outstanding)) {
      words.add("--cell=" + cell.text());
    }
    return words;
  }

  private void say(Measured measured) {
    say(
        "  %-24s %,9.0f/s  p50 %6.2f ms  p99 %6.2f ms  CPU %.0f us servers, %.0f us client%s",
        measured.cell().text(),
        measured.operationsPerSecond(),
        measured.p50Micros() / 1e3,
        measured.p99Micros() / 1e3,
        measured.serverCpuMicros(),
        measured.clientCpuMicros(),
        measured.failures() == 0 ? "" : "  " + measured.failures() + " FAILED");
  }

  private void say(String format, Object... arguments) {
    log.println(String.format(Locale.ROOT, format, arguments));
    log.flush();
  }
}
