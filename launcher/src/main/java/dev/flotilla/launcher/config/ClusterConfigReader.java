package dev.flotilla.launcher.config;

import dev.flotilla.launcher.config.ClusterConfig.Endpoint;
import dev.flotilla.launcher.config.ClusterConfig.Group;
import dev.flotilla.launcher.config.ClusterConfig.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the cluster file. See {@code docs/configuration.md} for every key. */
public final class ClusterConfigReader {
  private static final int MAX_ID = 65_535;

  /** Node HTTP = gRPC port + this, where the file names no HTTP address: 7001 and 8081. */
  static final int HTTP_OFFSET = LocalLayout.HTTP_PORT - LocalLayout.GRPC_PORT;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern TRAILING_NUMBER = Pattern.compile("(\\d{1,5})$");
  private static final String NAME_FORM = "a name of letters, digits, dots and dashes";

  private final Path base;
  private final ConfigSection root;

  private ClusterConfigReader(Path base, ConfigSection root) {
    this.base = base;
    this.root = root;
  }

  /**
   * @throws ConfigException naming place, key and what was expected
   */
  public static ClusterConfig read(Path file, Overrides overrides) {
    Path absolute = file.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    ConfigTree tree = ConfigTree.read(file);
    return read(tree, parent == null ? absolute : parent, overrides);
  }

  /** Reads text; relative folders count from {@code base}. */
  public static ClusterConfig parse(String name, String text, Path base, Overrides overrides) {
    return read(ConfigTree.parse(name, text), base, overrides);
  }

  private static ClusterConfig read(ConfigTree tree, Path base, Overrides overrides) {
    ConfigSection root = ConfigSection.root(tree, overrides);
    ClusterConfigReader reader = new ClusterConfigReader(base, root);
    ClusterConfig config = root.has("peers") ? reader.readPeers() : reader.readCluster();
    root.rejectUnknownKeys();
    overrides.rejectUnknownFlags();
    return config;
  }

  private ClusterConfig readCluster() {
    refuseTls();
    String clusterId = name(root.text("cluster", NAME_FORM), root, "cluster");
    Path directory =
        root.optionalText("data-dir", "a folder").map(base::resolve).orElse(base).normalize();
    Map<String, ConfigSection> sections = new LinkedHashMap<>();
    Map<String, Node> nodes = readNodes(directory, sections);
    List<Group> groups = readGroups(nodes);
    sections.forEach((name, section) ->
        nodes.computeIfPresent(name, (same, node) -> joining(node, section, groups)));
    Endpoint balancer = readBalancer(new HostPort("127.0.0.1", LocalLayout.BALANCER_PORT));
    ClusterConfig config =
        new ClusterConfig(
            clusterId,
            directory,
            root.flag("bootstrap", false),
            groups,
            List.copyOf(nodes.values()),
            balancer,
            TuningReader.read(root));
    rejectClashes(config);
    return config;
  }

  /** {@code {"peers":[{"id":0,"address":"127.0.0.1:8080"}, …]}}: one group, ids from 0 or 1. */
  private ClusterConfig readPeers() {
    refuseTls();
    Path directory =
        root.optionalText("data-dir", "a folder").map(base::resolve).orElse(base).normalize();
    record Peer(ConfigSection section, int id, HostPort grpc, HostPort http) {}
    List<Peer> peers = new ArrayList<>();
    for (ConfigSection section : root.sections("peers", "id")) {
      String idForm = "a whole number from 0 to " + MAX_ID;
      int id =
          section
              .optionalInteger("id", 0, MAX_ID)
              .orElseThrow(() -> section.error("id", "missing; expected " + idForm));
      HostPort grpc =
          section
              .address("address")
              .orElseThrow(() -> section.error("address", "missing; expected host:port"));
      HostPort http =
          section.address("http").orElseGet(() -> defaultHttp(section, "address", grpc));
      section.rejectUnknownKeys();
      peers.add(new Peer(section, id, grpc, http));
    }
    if (peers.isEmpty()) {
      throw root.error("peers", "expected at least one peer");
    }
    // Node ids start at 1 everywhere (0 means none), so a file that counts from 0 is shifted; names
    // keep the file's
    // own numbers.
    int shift = peers.stream().anyMatch(peer -> peer.id() == 0) ? 1 : 0;
    Map<Integer, Node> nodes = new TreeMap<>();
    for (Peer peer : peers) {
      String name = "n" + peer.id();
      Node node =
          new Node(
              peer.id() + shift,
              name,
              Endpoint.of(peer.grpc()),
              Endpoint.of(peer.http()),
              directory.resolve(name));
      if (nodes.putIfAbsent(node.id(), node) != null) {
        throw peer.section().error("id", peer.id() + " is used twice");
      }
    }
    String clusterId = root.optionalText("cluster", NAME_FORM).orElse("flotilla-peers");
    Endpoint balancer = readBalancer(freeBalancerAddress(List.copyOf(nodes.values())));
    ClusterConfig config =
        new ClusterConfig(
            clusterId,
            directory,
            // This form has no node that came later, and is to run as it is.
            root.flag("bootstrap", true),
            List.of(new Group(1, "g1", 1, List.copyOf(nodes.keySet()))),
            List.copyOf(nodes.values()),
            balancer,
            TuningReader.read(root));
    rejectClashes(config);
    return config;
  }

  private Endpoint readBalancer(HostPort otherwise) {
    ConfigSection section = root.section("balancer");
    Endpoint endpoint = endpoint(section, "http", Optional.of(otherwise));
    section.rejectUnknownKeys();
    return endpoint;
  }

  /** 8080, or the next port no peer uses: such files often give the peers 8080 and up. */
  private static HostPort freeBalancerAddress(List<Node> nodes) {
    int port = LocalLayout.BALANCER_PORT;
    while (true) {
      HostPort candidate = new HostPort("127.0.0.1", port);
      if (nodes.stream()
          .noneMatch(node ->
              node.grpc().listen().port() == candidate.port()
                  || node.http().listen().port() == candidate.port())) {
        return candidate;
      }
      port++;
    }
  }

  private void refuseTls() {
    if (root.has("tls")) {
      throw root.error(
          "tls",
          "this version does not encrypt connections; remove the section and keep the cluster's"
              + " ports on a network you trust");
    }
  }

  /** The groups that the node is to join; none it was in from the start. */
  private static Node joining(Node node, ConfigSection section, List<Group> groups) {
    List<Integer> joins = new ArrayList<>();
    for (String name : section.optionalWords("join")) {
      Group group =
          groups.stream()
              .filter(known -> known.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  section.error(
                      "join",
                      "there is no group "
                          + name
                          + DidYouMean.hint(name, groups.stream().map(Group::name).toList())));
      if (group.nodes().contains(node.id())) {
        throw section.error(
            "join", name + " began with " + node.name() + "; join is for nodes that come later");
      }
      joins.add(group.id());
    }
    section.rejectUnknownKeys();
    return node.joining(joins);
  }

  /**
   * @param sections takes the section of each node, whose other keys are still to be read
   */
  private Map<String, Node> readNodes(Path directory, Map<String, ConfigSection> sections) {
    Map<String, Node> nodes = new LinkedHashMap<>();
    Map<Integer, String> ids = new TreeMap<>();
    for (ConfigSection section : root.sections("nodes", "name")) {
      String name = name(section.text("name", NAME_FORM), section, "name");
      int id = id(section, name, "node");
      Endpoint grpc = endpoint(section, "grpc", Optional.empty());
      Endpoint http =
          endpoint(section, "http", Optional.of(defaultHttp(section, "grpc", grpc.listen())));
      Path folder = directory.resolve(section.optionalText("directory", "a folder").orElse(name));
      sections.put(name, section);
      Node node = new Node(id, name, grpc, http, folder.normalize());
      if (nodes.putIfAbsent(name, node) != null) {
        throw section.error("name", name + " is used twice");
      }
      String other = ids.putIfAbsent(id, name);
      if (other != null) {
        throw section.error("id", id + " is also the id of " + other);
      }
    }
    if (nodes.isEmpty()) {
      throw root.error("nodes", "expected at least one node");
    }
    return nodes;
  }

  private List<Group> readGroups(Map<String, Node> nodes) {
    Map<String, Group> groups = new LinkedHashMap<>();
    Map<Integer, String> ids = new TreeMap<>();
    for (ConfigSection section : root.sections("groups", "name")) {
      String name = name(section.text("name", NAME_FORM), section, "name");
      int id = id(section, name, "group");
      int weight = section.integer("weight", 1, 100, 1);
      List<Integer> members = new ArrayList<>();
      for (String member : section.words("nodes")) {
        Node node = nodes.get(member);
        if (node == null) {
          throw section.error(
              "nodes", "there is no node " + member + DidYouMean.hint(member, nodes.keySet()));
        }
        members.add(node.id());
      }
      if (members.isEmpty()) {
        throw section.error("nodes", "expected at least one node");
      }
      section.rejectUnknownKeys();
      if (groups.putIfAbsent(name, new Group(id, name, weight, List.copyOf(members))) != null) {
        throw section.error("name", name + " is used twice");
      }
      String other = ids.putIfAbsent(id, name);
      if (other != null) {
        throw section.error("id", id + " is also the id of " + other);
      }
    }
    if (groups.isEmpty()) {
      throw root.error("groups", "expected at least one group");
    }
    return List.copyOf(groups.values());
  }

  private static String name(String text, ConfigSection section, String key) {
    if (!NAME.matcher(text).matches()) {
      throw section.error(key, "expected " + NAME_FORM + ", found \"" + text + "\"");
    }
    return text;
  }

  /**
   * The id, or the number the name ends with. Never the place in the list: ids are written into
   * logs and ballots, and must survive a reordered file.
   */
  private static int id(ConfigSection section, String name, String what) {
    Optional<Integer> given = section.optionalInteger("id", 1, MAX_ID);
    if (given.isPresent()) {
      return given.get();
    }
    Matcher number = TRAILING_NUMBER.matcher(name);
    if (number.find()) {
      int id = Integer.parseInt(number.group(1));
      if (id >= 1 && id <= MAX_ID) {
        return id;
      }
    }
    throw section.error(
        "id", "missing, and the " + what + "'s name ends with no number from 1 to " + MAX_ID);
  }

  private static HostPort defaultHttp(ConfigSection section, String key, HostPort grpc) {
    int port = grpc.port() + HTTP_OFFSET;
    if (port > 65_535) {
      throw section.error(
          key, "port " + grpc.port() + " leaves no room for the HTTP port; name http as well");
    }
    return new HostPort(grpc.host(), port);
  }

  /** {@code key: host:port}, or {@code key: {listen: …, advertise: …}}. */
  private Endpoint endpoint(ConfigSection parent, String key, Optional<HostPort> otherwise) {
    if (parent.isScalar(key)) {
      HostPort address = parent.address(key).orElseThrow();
      return checked(parent, key, Endpoint.of(address));
    }
    ConfigSection section = parent.section(key);
    HostPort listen =
        section
            .address("listen")
            .or(() -> otherwise)
            .orElseThrow(() ->
                section.error("listen", "missing; expected an address such as 127.0.0.1:7001"));
    HostPort advertise = section.address("advertise").orElse(listen);
    section.rejectUnknownKeys();
    return checked(parent, key, new Endpoint(listen, advertise));
  }

  private static Endpoint checked(ConfigSection parent, String key, Endpoint endpoint) {
    if (endpoint.advertise().isWildcard()) {
      throw parent.error(
          key,
          "others cannot dial "
              + endpoint.advertise()
              + "; name under advertise the address they should use");
    }
    return endpoint;
  }

  private void rejectClashes(ClusterConfig config) {
    Map<String, HostPort> sockets = new LinkedHashMap<>();
    for (Node node : config.nodes()) {
      sockets.put(node.name() + "'s grpc address", node.grpc().advertise());
      sockets.put(node.name() + "'s http address", node.http().advertise());
    }
    sockets.put("the balancer's http address", config.balancer().advertise());
    Map<HostPort, String> owners = new LinkedHashMap<>();
    sockets.forEach((owner, address) -> {
      String other = owners.putIfAbsent(address, owner);
      if (other != null) {
        throw new ConfigException(root.where(), owner + " " + address + " is also " + other);
      }
    });
  }
}
