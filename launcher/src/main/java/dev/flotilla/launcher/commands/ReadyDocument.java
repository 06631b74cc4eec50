package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.cluster.DataDirectory;
import dev.flotilla.launcher.cluster.RunningCluster;
import dev.flotilla.launcher.config.ClusterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code up -o json} prints once the cluster serves. */
final class ReadyDocument {
  private ReadyDocument() {}

  static Map<String, @Nullable Object> of(
      ClusterConfig config, DataDirectory directory, RunningCluster cluster, Duration took) {
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (ClusterConfig.Node node : config.nodes()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", node.name());
      entry.put("groups", config.groupsOf(node).stream().map(ClusterConfig.Group::name).toList());
      entry.put("grpc", node.grpc().advertise().toString());
      entry.put("http", node.http().advertise().toString());
      entry.put("pid", cluster.pidOf(node.id()));
      entry.put("directory", node.directory().toString());
      nodes.add(entry);
    }
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("ready", true);
    document.put("readyMillis", took.toMillis());
    document.put("cluster", config.clusterId());
    document.put("balancer", "http://" + config.balancer().advertise());
    document.put("dataDirectory", directory.path().toString());
    document.put("nodes", nodes);
    return document;
  }
}
