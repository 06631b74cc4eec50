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
import java.util.Optional;
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
  private volatile boolean closed;

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

  /**
   * Measures everybody. A turn that breaks off counts for nothing and is tried once more.
   *
   * @return turns that came to nothing
   */
  int run(List<Contestant> contestants, ResultFile results)
      throws IOException, InterruptedException {
    int lost = 0;
    for (int round = 1; round <= settings.rounds(); round++) {
      List<Contestant> order = new ArrayList<>(contestants);
      Collections.rotate(order, 1 - round);
      for (Contestant contestant : order) {
        Optional<List<Measured>> measured = turn(round, contestant);
        if (measured.isEmpty()) {
          measured = turn(round, contestant);
        }
        for (Measured each : measured.orElse(List.of())) {
          results.add(new Entry(round, contestant.name(), each));
        }
        lost += measured.isEmpty() ? 1 : 0;
      }
    }
    return lost;
  }

  /** Ends what runs; for who breaks off. */
  @Override
  public void close() {
    closed = true;
    Processes current = running;
    if (current != null) {
      current.close();
    }
  }

  /** All cells of a turn, or nothing when it broke off. */
  private Optional<List<Measured>> turn(int round, Contestant contestant)
      throws IOException, InterruptedException {
    say("round %d of %d: %s", round, settings.rounds(), contestant.title());
    Path directory = Files.createTempDirectory(work, contestant.name() + "-");
    try (Processes processes = new Processes(directory, work.resolve(LEDGER))) {
      running = processes;
      try {
        Servers servers = contestant.starter().start(site, processes);
        return Optional.of(
            read(processes.startToRead("client", clientCommand(contestant, servers))));
      } catch (IOException e) {
        if (closed) {
          throw e;
        }
        say("%s broke off: %s\n%s", contestant.title(), e, processes.tails());
        return Optional.empty();
      }
    } finally {
      running = null;
      Processes.deleteTree(directory);
    }
  }

  private List<Measured> read(Process client) throws IOException, InterruptedException {
    List<Measured> all = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // Libraries print to the same stream.
        if (line.startsWith("{")) {
          Measured measured = JSON.readValue(line, Measured.class);
          all.add(measured);
          say(measured);
        }
      }
    }
    int status = client.waitFor();
    if (status != 0) {
      throw new IOException("the client process ended with " + status);
    }
    return all;
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
