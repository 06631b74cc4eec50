package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code flotilla step-down}. */
@Command(
    name = "step-down",
    description = {
      "Has a leader hand over to its best follower, without a request failing.",
      "Of a group: its leader, asked through the balancer. Of a node: every group it leads, as before it",
      "is stopped.",
      "Exit code 5 when nobody took over."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla step-down g1              the leader of g1 hands over",
      "  flotilla step-down n4              n4 hands over all it leads",
      "  flotilla step-down n4 --config cluster.yaml"
    })
public final class StepDownCommand implements Callable<Integer> {
  /** A hand-over is given three seconds by the node; this is for the way there and back. */
  private static final Duration NODE_TIMEOUT = Duration.ofSeconds(8);

  @Mixin private ClientOptions options = new ClientOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The cluster file that says where nodes are, instead of cluster.json.")
  private @Nullable Path config;

  @Parameters(paramLabel = "GROUP|NODE", description = "As in g1, or n1.")
  private String who = "";

  private final Terminal terminal;

  public StepDownCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Optional<KnownNode> node = node();
    return node.isPresent() ? ofNode(node.get()) : ofGroup();
  }

  /** Whether it names a node we know of; where nobody can say, it is a group's name. */
  private Optional<KnownNode> node() {
    if (!who.matches("n[0-9]+") && config == null) {
      return Optional.empty();
    }
    return KnownNode.all(config, options.dataDirectory()).stream()
        .filter(known -> known.name().equals(who))
        .findFirst();
  }

  private int ofGroup() {
    OperatorClient.Answer answer = options.operator().post("/api/step-down", Map.of("group", who));
    if (!answer.document().has("done")) {
      throw new Failure(
          answer.status() == 404
              ? ExitCode.NOT_FOUND
              : answer.status() == 409 ? ExitCode.NO_QUORUM : ExitCode.FAILED,
          answer.detail(),
          answer.status() == 404 ? "flotilla status names groups and nodes." : "");
    }
    boolean done = answer.document().path("done").asBoolean(false);
    tell(answer.document(), List.of(answer.document().path("message").asString("")), done);
    return done ? ExitCode.DONE : ExitCode.NO_QUORUM;
  }

  private int ofNode(KnownNode node) {
    OperatorClient.Answer answer =
        new OperatorClient(URI.create("http://" + node.http()), NODE_TIMEOUT)
            .post("/step-down", Map.of());
    if (answer.status() == 409) {
      tell(answer.document(), List.of(who + " leads no group; nothing was done"), true);
      return ExitCode.DONE;
    }
    if (!answer.document().has("transfers")) {
      throw new Failure(ExitCode.FAILED, answer.detail(), "");
    }
    List<String> lines = new ArrayList<>();
    boolean all = true;
    for (JsonNode transfer : answer.document().path("transfers")) {
      boolean done = transfer.path("done").asBoolean(false);
      all &= done;
      lines.add(
          transfer.path("group").asString("?")
              + (done
                  ? ": " + who + " handed over to " + transfer.path("leader").asString("?")
                  : ": " + transfer.path("message").asString("nobody took over")));
    }
    tell(answer.document(), lines, all);
    return all ? ExitCode.DONE : ExitCode.NO_QUORUM;
  }

  private void tell(JsonNode document, List<String> lines, boolean good) {
    if (options.output().json()) {
      terminal.line(document.toString());
    } else {
      lines.forEach(line -> terminal.line(good ? line : terminal.red(line)));
    }
  }
}
