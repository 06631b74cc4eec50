package dev.flotilla.bench;

import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.http.FormDialect;
import dev.flotilla.bench.http.HttpDialect;
import dev.flotilla.bench.http.HttpDoor;
import dev.flotilla.bench.http.HttpDoorOptions;
import dev.flotilla.bench.http.RestDialect;
import dev.flotilla.bench.kill.RunningCluster;
import dev.flotilla.bench.stream.StreamDoors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which door to take, and where it is. */
final class DoorOptionGroup {

  @Option(
      names = "--door",
      defaultValue = "form",
      paramLabel = "DOOR",
      description = {
        "form: POST /request at the balancer. Default.",
        "rest: /v1/kv at the balancer.",
        "stream: the native gRPC stream, straight to the leaders."
      })
  private DoorKind kind;

  @Mixin private TargetOption target;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "./flotilla-data",
      description = {
        "Stream door: the folder of the cluster's cluster.json.",
        "Default: ${DEFAULT-VALUE}."
      })
  private Path dataDirectory;

  @Option(
      names = "--nodes",
      paramLabel = "HOST:PORT",
      split = ",",
      description = {
        "Stream door: nodes' gRPC addresses instead of --data-dir,",
        "at least one of each group. Goes with --cluster."
      })
  private List<String> nodes = List.of();

  @Option(
      names = "--cluster",
      paramLabel = "ID",
      description = "Stream door: the cluster's id, when --nodes is given.")
  private @Nullable String clusterId;

  @Option(
      names = "--separate-connections",
      description = {
        "Stream door: each client has connections of its own, and each",
        "request is a message of its own. Otherwise the clients of a",
        "thread share one to each node, and requests go in batches."
      })
  private boolean separate;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for an answer. Default: 10.")
  private double timeout;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  DoorOptionGroup() {}

  /**
   * Doors to one database.
   *
   * @param target host:port of the balancer, or the cluster's id
   */
  record Opened(DoorFactory doors, String target, AutoCloseable network) {}

  DoorKind kind() {
    return kind;
  }

  String label() {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  boolean separateConnections() {
    return separate && kind == DoorKind.STREAM;
  }

  /**
   * Finds out where the doors are.
   *
   * @param threads for what a door runs beside the loops
   * @throws IOException when the cluster cannot be found
   */
  Opened open(int threads) throws IOException {
    if (!(timeout > 0 && timeout <= 3_600)) {
      throw refusal("--timeout is more than 0 and at most an hour");
    }
    if (separate && kind != DoorKind.STREAM) {
      throw refusal("--separate-connections is for --door stream; other doors' always are");
    }
    return switch (kind) {
      case FORM -> http(new FormDialect(target.authority()));
      case REST -> http(new RestDialect(target.authority()));
      case STREAM -> stream(threads);
    };
  }

  private Opened http(HttpDialect dialect) {
    InetSocketAddress server = target.address();
    HttpDoorOptions options = HttpDoorOptions.DEFAULT.withTimeoutNanos(timeoutNanos());
    return new Opened(
        lanes -> new HttpDoor(server, lanes, dialect, options, System::nanoTime),
        target.authority(),
        () -> {});
  }

  private Opened stream(int threads) throws IOException {
    String cluster = clusterId;
    List<String> addresses = nodes;
    if (nodes.isEmpty()) {
      RunningCluster running = RunningCluster.read(dataDirectory);
      cluster = running.id();
      addresses = running.nodes().stream().map(RunningCluster.Node::grpc).toList();
    } else if (cluster == null) {
      throw refusal("--nodes goes with --cluster: nodes refuse the clients of another cluster");
    }
    StreamDoors doors =
        StreamDoors.connect(
            cluster, addresses, threads, separate, timeoutNanos(), System::nanoTime);
    return new Opened(doors, doors.cluster().clusterId(), doors);
  }

  private long timeoutNanos() {
    return (long) (timeout * 1e9);
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
