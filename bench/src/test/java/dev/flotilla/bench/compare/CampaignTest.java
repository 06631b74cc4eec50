package dev.flotilla.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flotilla.bench.compare.fake.InMemoryDoors;
import dev.flotilla.bench.compare.lineup.Contestant;
import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.result.Entry;
import dev.flotilla.bench.compare.result.Head;
import dev.flotilla.bench.compare.result.ResultFile;
import dev.flotilla.bench.compare.server.Processes;
import dev.flotilla.bench.compare.server.Servers;
import dev.flotilla.bench.compare.server.Site;
import dev.flotilla.bench.compare.server.Starter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: a client JVM, and a server that does nothing but be there. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class CampaignTest {

  private static final Head.Settings SHORT =
      new Head.Settings(2, 50, 16, 0.05, 0.05, 0.02, 0.05, "64m");

  @TempDir private Path folder;

  private final StringWriter told = new StringWriter();
  private final List<String> turns = new ArrayList<>();
  private final List<Process> servers = new ArrayList<>();

  @Test
  void everySystemHasATurnInEachRoundAndNothingStays() throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    ResultFile results = begun();
    int lost = campaign(work).run(List.of(system("a", 0), system("b", 0)), results);

    assertThat(lost).as(told.toString()).isZero();
    assertThat(turns).containsExactly("a", "b", "b", "a");
    assertThat(results.read().entries())
        .extracting(Entry::round, Entry::system)
        .containsExactly(
            tuple(1, "a"),
            tuple(1, "a"),
            tuple(1, "b"),
            tuple(1, "b"),
            tuple(2, "b"),
            tuple(2, "b"),
            tuple(2, "a"),
            tuple(2, "a"));
    assertThat(results.read().figure("a", new Cell("only", Cell.Work.GET, 2), m -> m.operations()))
        .hasValueSatisfying(spread -> assertThat(spread.least()).isPositive());
    assertThat(servers).hasSize(4).noneMatch(Process::isAlive);
    try (var left = Files.list(work)) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactly("pids");
    }
  }

  @Test
  void aTurnThatBreaksOffIsTriedOnceMoreAndTheOthersGoOn() throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    ResultFile results = begun();
    int lost = campaign(work).run(List.of(system("a", 1), system("b", 9)), results);

    assertThat(turns).containsExactly("a", "a", "b", "b", "b", "b", "a");
    assertThat(lost).isEqualTo(2);
    assertThat(results.read().systems()).containsExactly("a");
    assertThat(told.toString()).contains("b broke off").contains("no luck");
  }

  private Campaign campaign(Path work) {
    Site site = new Site(folder, Path.of(System.getProperty("java.home")), "64m", "64m", 28_080);
    return new Campaign(site, work, SHORT, List.of(2), new PrintWriter(told));
  }

  private ResultFile begun() throws IOException {
    ResultFile results = new ResultFile(folder.resolve("results.jsonl"));
    results.begin(new Head("2026-01-02", "a machine", "a JVM", Map.of(), SHORT));
    return results;
  }

  private Contestant system(String name, int failures) {
    return new Contestant(
        name,
        name,
        "",
        "",
        new IdleServer(name, failures),
        InMemoryDoors.class.getName(),
        List.of(new Contestant.Shape("only", "", Contestant.Kind.BATCHED)));
  }

  private final class IdleServer implements Starter {
    private final String name;
    private int failuresLeft;

    IdleServer(String name, int failures) {
      this.name = name;
      this.failuresLeft = failures;
    }

    @Override
    public Optional<String> missing(Site site) {
      return Optional.empty();
    }

    @Override
    public String version(Site site) {
      return "1";
    }

    @Override
    public String clientClassPath(Site site) {
      return System.getProperty("java.class.path");
    }

    @Override
    public Servers start(Site site, Processes processes) throws IOException {
      turns.add(name);
      if (failuresLeft > 0) {
        failuresLeft--;
        throw new IOException("no luck");
      }
      Process server = processes.start("server", List.of("sleep", "600"), Map.of());
      servers.add(server);
      return new Servers("", List.of("127.0.0.1:1"), List.of(server.pid()));
    }
  }
}
