package dev.flotilla.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.launcher.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterConfigReaderTest {
  private static final Path BASE = Path.of("/base");

  private static final String SMALL =
      """
      cluster: small
      groups:
        - {name: g1, nodes: [n1, n2, n3]}
      nodes:
        - {name: n1, grpc: "10.0.0.1:7001"}
        - {name: n2, grpc: "10.0.0.2:7001"}
        - {name: n3, grpc: {listen: "0.0.0.0:7001", advertise: "n3.example:7001"}, http: {listen: "0.0.0.0:8081", advertise: "n3.example:8081"}}
      """;

  private static ClusterConfig read(String text) {
    return ClusterConfigReader.parse("c.yaml", text, BASE, Overrides.none());
  }

  private static ClusterConfig read(String text, List<String> sets, Map<String, String> env) {
    return ClusterConfigReader.parse("c.yaml", text, BASE, Overrides.of(sets, env));
  }

  private static void refused(String text, String message) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(text))
        .withMessage(message)
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION));
  }

  @Test
  void aSmallFileIsFilledWithDefaults() {
    ClusterConfig config = read(SMALL);
    assertThat(config.clusterId()).isEqualTo("small");
    assertThat(config.groups())
        .containsExactly(new ClusterConfig.Group(1, "g1", 1, List.of(1, 2, 3)));
    ClusterConfig.Node first = config.node(1);
    assertThat(first.http().listen()).isEqualTo(new HostPort("10.0.0.1", 8081));
    assertThat(first.directory()).isEqualTo(BASE.resolve("n1"));
    assertThat(config.balancer().listen()).isEqualTo(new HostPort("127.0.0.1", 8080));
    assertThat(config.tuning()).isEqualTo(ClusterConfig.Tuning.DEFAULT);
  }

  @Test
  void listenAndAdvertiseMayDiffer() {
    ClusterConfig.Node third = read(SMALL).node(3);
    assertThat(third.grpc().listen().isWildcard()).isTrue();
    assertThat(third.grpc().advertise()).hasToString("n3.example:7001");
    assertThat(read(SMALL).grpcAddresses()).containsEntry(3, "n3.example:7001");
  }

  @Test
  void jsonIsYamlToo() {
    ClusterConfig config =
        read(
            """
            {"cluster": "j", "groups": [{"name": "g1", "nodes": ["n1"]}],
             "nodes": [{"name": "n1", "grpc": "127.0.0.1:7001"}],
             "timings": {"heartbeat": "20ms"}}
            """);
    assertThat(config.tuning().raft().heartbeatNanos()).isEqualTo(20_000_000);
  }

  @Test
  void anUnknownKeyNamesItsLineAndAGuess() {
    refused(
        SMALL + "timings:\n  hartbeat: 50ms\n",
        "c.yaml:9: timings.hartbeat: there is no such key (did you mean heartbeat?); expected one"
            + " of election-timeout-max, election-timeout-min, heartbeat, leader-lost-election,"
            + " leadership-transfer, lease-margin, request-timeout, snapshot-stall");
  }

  @Test
  void aBadValueNamesItsLineKeyAndForm() {
    refused(
        SMALL + "timings:\n  heartbeat: fast\n",
        "c.yaml:9: timings.heartbeat: expected a duration such as 50ms, 2s or 1m, found \"fast\"");
    refused(
        SMALL + "limits:\n  value-bytes: [1]\n",
        "c.yaml:9: limits.value-bytes: expected a size such as 4KiB, 16MiB or a number of bytes"
            + " from 1 to 4MiB, found a list");
  }

  @Test
  void aMissingKeyNamesWhatWasExpected() {
    refused("cluster: x\ngroups: []\n", "c.yaml:1: nodes: missing; expected a list");
    refused(
        "cluster: x\nnodes:\n  - {name: n1}\n",
        "c.yaml:3: nodes.n1.grpc.listen: missing; expected an address such as 127.0.0.1:7001");
  }

  @Test
  void brokenYamlNamesItsLine() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read("cluster: x\nnodes: [\n"))
        .withMessageStartingWith("c.yaml:3: ");
    refused("", "c.yaml: the file is empty; expected the groups and nodes of a cluster");
  }

  @Test
  void aKeyGivenTwiceIsRefused() {
    refused("cluster: x\ncluster: y\n", "c.yaml:2: cluster: given twice, first at c.yaml:1");
  }

  @Test
  void aGroupOfUnknownNodesIsRefused() {
    refused(
        SMALL.replace("[n1, n2, n3]", "[n1, n2, n33]"),
        "c.yaml:3: groups.g1.nodes: there is no node n33 (did you mean n3?)");
  }

  @Test
  void idsAreNeverTakenFromThePlaceInTheList() {
    refused(
        """
        cluster: x
        groups: [{name: g1, nodes: [alpha]}]
        nodes:
          - {name: alpha, grpc: "127.0.0.1:7001"}
        """,
        "c.yaml:4: nodes.alpha.id: missing, and the node's name ends with no number from 1 to 65535");
  }

  @Test
  void twoNodesWithOneIdAreRefused() {
    refused(
        SMALL.replace("{name: n2,", "{name: n2, id: 1,"),
        "c.yaml:6: nodes.n2.id: 1 is also the id of n1");
  }

  @Test
  void aSharedAddressIsRefused() {
    refused(
        SMALL.replace("10.0.0.2:7001", "10.0.0.1:7001"),
        "c.yaml:1: n2's grpc address 10.0.0.1:7001 is also n1's grpc address");
  }

  @Test
  void aWildcardCannotBeAdvertised() {
    refused(
        SMALL.replace("\"10.0.0.1:7001\"", "\"0.0.0.0:7001\""),
        "c.yaml:5: nodes.n1.grpc: others cannot dial 0.0.0.0:7001; name under advertise the"
            + " address they should use");
  }

  @Test
  void tlsIsReservedAndRefusedClearly() {
    refused(
        SMALL + "tls: {}\n",
        "c.yaml:8: tls: this version does not encrypt connections; remove the section and keep the"
            + " cluster's ports on a network you trust");
  }

  @Test
  void timingsThatContradictEachOtherAreRefused() {
    refused(
        SMALL + "timings:\n  heartbeat: 400ms\n",
        "c.yaml:8: timings.election-timeout-min: expected at least two heartbeats, so that one may"
            + " be lost");
  }

  @Test
  void variablesReplaceKeysAndFlagsReplaceVariables() {
    Map<String, String> env =
        Map.of(
            "FLOTILLA_TIMINGS_HEARTBEAT", "60ms",
            "FLOTILLA_NODES_N1_GRPC_LISTEN", "127.0.0.1:9001",
            "FLOTILLA_LIMITS_KEY_BYTES", "1KiB");
    ClusterConfig config =
        read(
            SMALL.replace("grpc: \"10.0.0.1:7001\"", "grpc: {listen: \"10.0.0.1:7001\"}"),
            List.of("timings.heartbeat=70ms"),
            env);
    assertThat(config.tuning().raft().heartbeatNanos()).isEqualTo(70_000_000);
    assertThat(config.node(1).grpc().listen()).hasToString("127.0.0.1:9001");
    assertThat(config.tuning().maxKeyBytes()).isEqualTo(1024);
  }

  @Test
  void aBadOverrideSaysWhereItCameFrom() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(SMALL, List.of(), Map.of("FLOTILLA_TIMINGS_HEARTBEAT", "x")))
        .withMessage(
            "environment variable FLOTILLA_TIMINGS_HEARTBEAT: timings.heartbeat: expected a"
                + " duration such as 50ms, 2s or 1m, found \"x\"");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(SMALL, List.of("timings.heartbeet=1s"), Map.of()))
        .withMessage(
            "--set timings.heartbeet: there is no such key (did you mean timings.heartbeat?)");
  }

  @Test
  void aVariableThatNamesNoKeyIsReportedNotRefused() {
    Overrides overrides =
        Overrides.of(List.of(), Map.of("FLOTILLA_SERVICE_HOST", "10.1.1.1", "PATH", "/bin"));
    ClusterConfigReader.parse("c.yaml", SMALL, BASE, overrides);
    assertThat(overrides.unusedVariables()).containsExactly("FLOTILLA_SERVICE_HOST");
  }

  @Test
  void aListOfPeersIsOneGroup() {
    ClusterConfig config =
        read(
            """
            {"peers":[{"id":0,"address":"127.0.0.1:8080"},{"id":1,"address":"127.0.0.1:8081"},
                      {"id":2,"address":"127.0.0.1:8082"}]}
            """);
    assertThat(config.groups())
        .containsExactly(new ClusterConfig.Group(1, "g1", 1, List.of(1, 2, 3)));
    assertThat(config.nodes())
        .extracting(ClusterConfig.Node::name)
        .containsExactly("n0", "n1", "n2");
    assertThat(config.node(1).grpc().listen()).hasToString("127.0.0.1:8080");
    assertThat(config.balancer().listen()).hasToString("127.0.0.1:8083");
    assertThat(config.bootstrap()).isTrue();
  }

  @Test
  void peersKeepTheirIdsWhenTheyCountFromOne() {
    ClusterConfig config =
        read("{\"peers\":[{\"id\":1,\"address\":\"h:7001\"},{\"id\":2,\"address\":\"i:7001\"}]}");
    assertThat(config.node(2).name()).isEqualTo("n2");
  }

  @Test
  void whatTheWriterWritesTheReaderReads() {
    ClusterConfig config =
        new LocalLayout(18_080, 3, 3).config("x-1", BASE, ClusterConfig.Tuning.DEFAULT);
    assertThat(read(ClusterConfigWriter.write(config))).isEqualTo(config);
    ClusterConfig apart = read(SMALL);
    assertThat(apart.bootstrap()).isFalse();
    assertThat(read(ClusterConfigWriter.write(apart))).isEqualTo(apart);
  }

  @Test
  void theLocalLayoutShiftsEveryPort() {
    ClusterConfig config =
        new LocalLayout(8_080, 3, 3).config("x", BASE, ClusterConfig.Tuning.DEFAULT);
    assertThat(config.node(9).grpc().listen().port()).isEqualTo(7_009);
    assertThat(config.node(9).http().listen().port()).isEqualTo(8_089);
    assertThat(config.groups().get(1).nodes()).containsExactly(4, 5, 6);
    ClusterConfig shifted =
        new LocalLayout(9_080, 3, 3).config("x", BASE, ClusterConfig.Tuning.DEFAULT);
    assertThat(shifted.node(1).grpc().listen().port()).isEqualTo(8_001);
    assertThat(shifted.node(1).http().listen().port()).isEqualTo(9_081);
  }

  @Test
  void groupsShareTheNodesOfALocalLayoutThatHasFewer() {
    ClusterConfig config =
        new LocalLayout(8_080, 3, 3, 4).config("x", BASE, ClusterConfig.Tuning.DEFAULT);
    assertThat(config.nodes()).hasSize(4);
    assertThat(config.groups().stream().map(ClusterConfig.Group::nodes))
        .containsExactly(List.of(1, 2, 3), List.of(4, 1, 2), List.of(3, 4, 1));
  }

  @Test
  void aLocalLayoutRefusesShapesThatCannotBe() {
    assertThatThrownBy(() -> new LocalLayout(8_080, 2, 3, 2)).hasMessageContaining("nodes, 2");
    assertThatThrownBy(() -> new LocalLayout(8_080, 1, 3, 4)).hasMessageContaining("in a group");
    assertThatThrownBy(() -> new LocalLayout(8_080, 0, 3)).hasMessageContaining("--groups");
    assertThatThrownBy(() -> new LocalLayout(8_080, 34, 3)).hasMessageContaining("102");
  }

  @Test
  void aNodeMayJoinAGroupItWasNotInFromTheStart() {
    ClusterConfig config =
        read(
            SMALL
                + "  - {name: n4, grpc: \"10.0.0.4:7001\", join: [g1]}\n"
                + "  - {name: n5, grpc: \"10.0.0.5:7001\"}\n");
    assertThat(config.node(4).joins()).containsExactly(1);
    assertThat(config.groups().getFirst().nodes()).containsExactly(1, 2, 3);
    assertThat(config.groupsOf(config.node(4))).isEqualTo(config.groups());
    assertThat(config.groupsOf(config.node(5))).isEmpty();
    assertThat(config.hostsOf(config.groups().getFirst()))
        .extracting(ClusterConfig.Node::id)
        .containsExactly(1, 2, 3, 4);
    assertThat(read(ClusterConfigWriter.write(config)).nodes()).isEqualTo(config.nodes());
  }

  @Test
  void joiningWhatIsNotThereOrBeganWithTheNodeIsRefused() {
    refused(
        SMALL + "  - {name: n4, grpc: \"10.0.0.4:7001\", join: [g2]}\n",
        "c.yaml:8: nodes.n4.join: there is no group g2 (did you mean g1?)");
    refused(
        SMALL.replace("\"10.0.0.2:7001\"}", "\"10.0.0.2:7001\", join: [g1]}"),
        "c.yaml:6: nodes.n2.join: g1 began with n2; join is for nodes that come later");
  }
}
