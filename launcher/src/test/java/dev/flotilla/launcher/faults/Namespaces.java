package dev.flotilla.launcher.faults;

import dev.flotilla.launcher.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network namespace for each node, joined by a bridge in one more. Names carry the pid of the
 * process that made them, so that a later run can tell what was left behind by one that was killed.
 * Packet filters stand in the nodes' own namespaces and go with them. The machine's own are not
 * touched, and do not touch: a bridge of the machine's would have to pass what a container engine
 * lets through, which is nothing of ours.
 */
final class Namespaces implements ClusterNetwork {
  private static final Path FOLDER = Path.of("/run/netns");
  private static final Pattern NAME = Pattern.compile("flt(\\d+)n\\d+");
  private static final int GRPC_PORT = 7001;
  private static final int HTTP_PORT = 8081;
  private static final String DEVICE = "eth0";
  private static final String BRIDGE = "br0";
  private static final String UPLINK = "up0";

  /** The namespace of the bridge; nodes count from 1. */
  private static final int SWITCH = 0;

  private static final String TABLE = "flotilla_faults";

  private static final int DISCARD_PORT = 9;
  private static final int SUBNETS = 250;

  private final long owner = ProcessHandle.current().pid();
  private final int nodes;
  private final String subnet;

  private Namespaces(int nodes, String subnet) {
    this.nodes = nodes;
    this.subnet = subnet;
  }

  /** Where the machine does not allow it, everybody lives on its loopback. */
  static ClusterNetwork orLoopback(int nodes) {
    removeLeftovers();
    Namespaces network = new Namespaces(nodes, freeSubnet());
    try {
      network.create();
      return network;
    } catch (IllegalStateException e) {
      network.close();
      return new Loopback(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  /** Of 250 that this suite may use, one that no link of this machine has. */
  private static String freeSubnet() {
    String taken = Host.attempt("ip", "-4", "addr").text();
    long first = ProcessHandle.current().pid();
    for (int i = 0; i < SUBNETS; i++) {
      String subnet = "10.213." + ((first + i) % SUBNETS + 1) + ".";
      if (!taken.contains(" " + subnet)) {
        return subnet;
      }
    }
    throw new IllegalStateException("no free subnet");
  }

  private void create() {
    String hub = space(SWITCH);
    Host.run("ip", "netns", "add", hub);
    Host.run("ip", "-n", hub, "link", "add", BRIDGE, "type", "bridge");
    Host.run("ip", "-n", hub, "link", "set", BRIDGE, "up");
    // Where clients and balancers are.
    Host.run(
        "ip", "link", "add", door(owner), "type", "veth", "peer", "name", UPLINK, "netns", hub);
    Host.run("ip", "-n", hub, "link", "set", UPLINK, "master", BRIDGE, "up");
    Host.run("ip", "addr", "add", subnet + "254/24", "dev", door(owner));
    Host.run("ip", "link", "set", door(owner), "up");
    for (int node = 1; node <= nodes; node++) {
      String space = space(node);
      Host.run("ip", "netns", "add", space);
      Host.run(
          ("ip -n " + hub + " link add " + port(node))
              .concat(" type veth peer name " + DEVICE + " netns " + space)
              .split(" "));
      Host.run("ip", "-n", hub, "link", "set", port(node), "master", BRIDGE, "up");
      Host.run("ip", "-n", space, "addr", "add", address(node) + "/24", "dev", DEVICE);
      Host.run("ip", "-n", space, "link", "set", DEVICE, "up");
      Host.run("ip", "-n", space, "link", "set", "lo", "up");
    }
    assertReachable(List.of(), address(1));
    assertReachable(inside(1), subnet + "254");
    assertReachable(inside(nodes), address(1));
  }

  /** That nobody listens is an answer too: the packets went there and back. */
  private static void assertReachable(List<String> from, String address) {
    List<String> command = new ArrayList<>(from);
    command.addAll(
        List.of(
            "env",
            "LC_ALL=C",
            "timeout",
            "5",
            "bash",
            "-c",
            "exec 3<>/dev/tcp/" + address + "/" + DISCARD_PORT));
    Host.Ran ran = Host.attempt(command.toArray(String[]::new));
    if (ran.exit() != 0 && !ran.text().contains("refused")) {
      throw new IllegalStateException(
          "network namespaces do not reach each other: " + ran.text().strip());
    }
  }

  /** Sets a filter with a share of packets, as the faults do, and takes it back. */
  void tryToFilter() {
    try {
      dropFrom(1, subnet + "253", 20);
    } finally {
      letThrough(1);
    }
  }

  /** Makes a link thin and wide again. */
  void tryToNarrow() {
    try {
      narrow(1, "400kbit");
    } finally {
      widen(1);
    }
  }

  private static String door(long owner) {
    return "flt" + owner + "d";
  }

  private String space(int node) {
    return "flt" + owner + "n" + node;
  }

  /** The node's end of the bridge. */
  private static String port(int node) {
    return "port" + node;
  }

  @Override
  public Optional<String> whyNotSeparate() {
    return Optional.empty();
  }

  @Override
  public String address(int node) {
    return subnet + node;
  }

  /** All nodes, and where clients and balancers are. */
  String everybody() {
    return subnet + "0/24";
  }

  @Override
  public int grpcPort(int node) {
    return GRPC_PORT;
  }

  @Override
  public int httpPort(int node) {
    return HTTP_PORT;
  }

  @Override
  public int balancerPort() {
    return FreePorts.base();
  }

  @Override
  public List<String> inside(int node) {
    return List.of("nsenter", "--net=" + FOLDER.resolve(space(node)));
  }

  /** Drops what arrives at the node from an address, or that share of it. */
  void dropFrom(int node, String address, int percent) {
    String chance = percent >= 100 ? "" : "numgen random mod 100 < " + percent + " ";
    nft(node, "add table inet " + TABLE);
    nft(node, "add chain inet " + TABLE + " in { type filter hook input priority 0 ; }");
    nft(node, "add rule inet " + TABLE + " in ip saddr " + address + " " + chance + "counter drop");
  }

  /** Packets that the node's rules have dropped so far; 0 when it has none. */
  long dropped(int node) {
    Matcher counters =
        Pattern.compile("counter packets (\\d+)")
            .matcher(inNode(node, "nft", "list", "table", "inet", TABLE).text());
    long sum = 0;
    while (counters.find()) {
      sum += Long.parseLong(counters.group(1));
    }
    return sum;
  }

  /** Lets everything through to the node again. */
  void letThrough(int node) {
    inNode(node, "nft", "delete", "table", "inet", TABLE);
  }

  private void nft(int node, String rule) {
    String[] command = ("nft " + rule).split(" ");
    Host.Ran ran = inNode(node, command);
    if (ran.exit() != 0) {
      throw new IllegalStateException("nft " + rule + ": " + ran.text());
    }
  }

  /** Has the node's own host lose what it sends to an address. */
  void swallow(int node, String address) {
    Host.run("ip", "-n", space(node), "route", "add", "blackhole", address + "/32");
  }

  /** How many addresses the node's host loses packets to. */
  long swallows(int node) {
    return Host.run("ip", "-n", space(node), "route", "show", "type", "blackhole")
        .lines()
        .filter(line -> line.contains("blackhole"))
        .count();
  }

  void swallowNothing(int node) {
    Host.attempt("ip", "-n", space(node), "route", "flush", "type", "blackhole");
  }

  /** Lets no more than so much reach the node, and keeps the rest waiting or drops it. */
  void narrow(int node, String rate) {
    String[] command =
        ("tc -n " + space(SWITCH) + " qdisc replace dev " + port(node))
            .concat(" root tbf burst 16kb latency 100ms rate " + rate)
            .split(" ");
    Host.run(command);
  }

  /** Packets that the narrow link had to drop so far. */
  long droppedByNarrowLink(int node) {
    Matcher dropped =
        Pattern.compile("dropped (\\d+)")
            .matcher(Host.run("tc", "-n", space(SWITCH), "-s", "qdisc", "show", "dev", port(node)));
    return dropped.find() ? Long.parseLong(dropped.group(1)) : 0;
  }

  void widen(int node) {
    Host.attempt("tc", "-n", space(SWITCH), "qdisc", "del", "dev", port(node), "root");
  }

  private Host.Ran inNode(int node, String... command) {
    List<String> all = new ArrayList<>(inside(node));
    all.addAll(List.of(command));
    return Host.attempt(all.toArray(String[]::new));
  }

  @Override
  public void close() {
    // A pair of ends goes with either of them.
    Host.attempt("ip", "link", "del", door(owner));
    for (int node = SWITCH; node <= nodes; node++) {
      Host.attempt("ip", "netns", "del", space(node));
    }
  }

  /** Removes what runs that were killed could not. */
  private static void removeLeftovers() {
    if (!Files.isDirectory(FOLDER)) {
      return;
    }
    try (DirectoryStream<Path> spaces = Files.newDirectoryStream(FOLDER, "flt*")) {
      for (Path space : spaces) {
        Matcher name = NAME.matcher(space.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          Host.attempt("ip", "netns", "del", name.group());
          Host.attempt("ip", "link", "del", door(Long.parseLong(name.group(1))));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
