package dev.flotilla.launcher.deploy;

import static dev.flotilla.launcher.deploy.Manifests.containerOf;
import static dev.flotilla.launcher.deploy.Manifests.list;
import static dev.flotilla.launcher.deploy.Manifests.nameOf;
import static dev.flotilla.launcher.deploy.Manifests.podOf;
import static dev.flotilla.launcher.deploy.Manifests.texts;
import static dev.flotilla.launcher.deploy.Manifests.variable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The chart, linted and rendered by Helm itself, without a Kubernetes. */
@EnabledOnOs(OS.LINUX)
class HelmChartTest {
  private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
  private static final Path CHART = DEPLOY.resolve("helm/flotilla");
  private static final Path RULES = DEPLOY.resolve("prometheus/rules");
  private static final String DEFAULTS = "";

  @TempDir private Path directory;

  private Manifests render(String values) throws IOException {
    TemplateCommand command = new Helm(CHART).template().withName("flotilla").withNamespace("db");
    if (!values.isEmpty()) {
      command.withValuesFile(Files.writeString(directory.resolve("values.yaml"), values));
    }
    return Manifests.parse(command.call());
  }

  /** The cluster file as the nodes would read it. */
  private static ClusterConfig cluster(Manifests manifests) {
    JsonNode data = manifests.the("ConfigMap", "flotilla").path("data");
    return ClusterConfigReader.parse(
        "cluster.yaml",
        data.path("cluster.yaml").asString(""),
        Path.of("/etc/flotilla"),
        Overrides.none());
  }

  private static int seconds(JsonNode probe) {
    return probe.path("periodSeconds").asInt(10) * probe.path("failureThreshold").asInt(3);
  }

  @Test
  void theChartLintsWithoutAComplaint() {
    LintResult result = new Helm(CHART).lint().strict().call();
    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    assertThat(result.getMessages())
        .noneMatch(message -> message.contains("[WARNING]") || message.contains("[ERROR]"));
  }

  @Test
  void everyGroupHasAStatefulSetOfItsOwnThatKeepsItsVolumes() throws IOException {
    Manifests manifests = render(DEFAULTS);
    assertThat(manifests.ofKind("StatefulSet"))
        .extracting(Manifests::nameOf)
        .containsExactlyInAnyOrder("flotilla-g1", "flotilla-g2", "flotilla-g3");
    for (JsonNode set : manifests.ofKind("StatefulSet")) {
      JsonNode spec = set.path("spec");
      assertThat(spec.path("replicas").asInt(0)).isEqualTo(3);
      // Founders begin a group together: none may wait for another to be ready.
      assertThat(spec.path("podManagementPolicy").asString("")).isEqualTo("Parallel");
      assertThat(spec.path("updateStrategy").path("type").asString("")).isEqualTo("RollingUpdate");
      assertThat(texts(spec.path("persistentVolumeClaimRetentionPolicy")))
          .isEqualTo(Map.of("whenDeleted", "Retain", "whenScaled", "Retain"));
      assertThat(spec.path("volumeClaimTemplates").size()).isEqualTo(1);
      assertThat(texts(podOf(set).path("metadata").path("labels")))
          .containsAllEntriesOf(texts(spec.path("selector").path("matchLabels")));
      assertThat(podOf(set).path("spec").path("terminationGracePeriodSeconds").asInt(0))
          .isGreaterThanOrEqualTo(30);
    }
  }

  @Test
  void everyGroupHasABudgetOfOnePodAtATime() throws IOException {
    Manifests manifests = render(DEFAULTS);
    for (JsonNode set : manifests.ofKind("StatefulSet")) {
      JsonNode budget = manifests.the("PodDisruptionBudget", nameOf(set)).path("spec");
      assertThat(budget.path("maxUnavailable").asInt(0)).isEqualTo(1);
      assertThat(texts(budget.path("selector").path("matchLabels")))
          .isEqualTo(texts(set.path("spec").path("selector").path("matchLabels")));
    }
  }

  @Test
  void membersOfAGroupShareNoMachine() throws IOException {
    for (JsonNode set : render(DEFAULTS).ofKind("StatefulSet")) {
      JsonNode terms =
          podOf(set)
              .path("spec")
              .path("affinity")
              .path("podAntiAffinity")
              .path("requiredDuringSchedulingIgnoredDuringExecution");
      assertThat(terms.size()).isEqualTo(1);
      assertThat(terms.path(0).path("topologyKey").asString(""))
          .isEqualTo("kubernetes.io/hostname");
      // Of its own group only: nine nodes fit on three machines.
      assertThat(texts(terms.path(0).path("labelSelector").path("matchLabels")))
          .isEqualTo(texts(set.path("spec").path("selector").path("matchLabels")));
    }
  }

  @Test
  void namesOfPodsThatAreNotReadyArePublished() throws IOException {
    Manifests manifests = render(DEFAULTS);
    for (JsonNode set : manifests.ofKind("StatefulSet")) {
      JsonNode service =
          manifests.the("Service", set.path("spec").path("serviceName").asString("")).path("spec");
      assertThat(service.path("clusterIP").asString("")).isEqualTo("None");
      assertThat(service.path("publishNotReadyAddresses").asBoolean(false)).isTrue();
      assertThat(texts(service.path("selector")))
          .isEqualTo(texts(set.path("spec").path("selector").path("matchLabels")));
    }
  }

  @Test
  void probesAreQuickToDoubtAndSlowToKill() throws IOException {
    Manifests manifests = render(DEFAULTS);
    for (JsonNode set : manifests.ofKind("StatefulSet")) {
      JsonNode node = containerOf(set);
      for (String probe : List.of("startupProbe", "livenessProbe")) {
        assertThat(node.path(probe).path("httpGet").path("path").asString("")).isEqualTo("/livez");
      }
      assertThat(seconds(node.path("startupProbe"))).isEqualTo(600);
      assertThat(seconds(node.path("livenessProbe"))).isGreaterThanOrEqualTo(60);
      assertThat(node.path("readinessProbe").path("httpGet").path("path").asString(""))
          .isEqualTo("/readyz");
    }
    // /readyz of a balancer asks every group: one in trouble would take the door from all.
    JsonNode balancer = containerOf(manifests.the("Deployment", "flotilla-balancer"));
    assertThat(balancer.path("readinessProbe").path("httpGet").path("path").asString(""))
        .isEqualTo("/livez");
  }

  @Test
  void podsMayDoNothingTheyNeedNot() throws IOException {
    List<JsonNode> workloads = render(DEFAULTS).workloads();
    assertThat(workloads).hasSize(4);
    for (JsonNode workload : workloads) {
      JsonNode pod = podOf(workload).path("spec");
      assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
      // Kubernetes' own variables FLOTILLA_… would be taken for settings.
      assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
      assertThat(pod.path("securityContext").path("runAsNonRoot").asBoolean(false)).isTrue();
      assertThat(pod.path("securityContext").path("runAsUser").asInt(0)).isEqualTo(10_001);
      assertThat(pod.path("securityContext").path("seccompProfile").path("type").asString(""))
          .isEqualTo("RuntimeDefault");
      for (JsonNode container : pod.path("containers")) {
        JsonNode security = container.path("securityContext");
        assertThat(security.path("readOnlyRootFilesystem").asBoolean(false)).isTrue();
        assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(list(security.path("capabilities").path("drop"))).containsExactly("ALL");
        assertThat(container.path("resources").path("limits").path("memory").asString(""))
            .isNotEmpty();
      }
    }
    assertThat(
            render(DEFAULTS)
                .the("ServiceAccount", "flotilla")
                .path("automountServiceAccountToken")
                .asBoolean(true))
        .isFalse();
  }

  @Test
  void theClusterFileNamesEachPodByItsOwnName() throws IOException {
    Manifests manifests = render(DEFAULTS);
    ClusterConfig cluster = cluster(manifests);
    assertThat(cluster.clusterId()).isEqualTo("flotilla-db");
    assertThat(cluster.bootstrap()).isFalse();
    assertThat(cluster.groups())
        .extracting(ClusterConfig.Group::name)
        .containsExactly("g1", "g2", "g3");
    assertThat(cluster.groups().getFirst().nodes()).containsExactly(101, 102, 103);
    Map<Integer, String> expected = new TreeMap<>();
    for (JsonNode set : manifests.ofKind("StatefulSet")) {
      // What the start script makes of a pod's name.
      int base = Integer.parseInt(variable(containerOf(set), "NODE_NUMBER_BASE"));
      for (int ordinal = 0; ordinal < set.path("spec").path("replicas").asInt(0); ordinal++) {
        expected.put(
            base + 1 + ordinal,
            "%1$s-%2$d.%1$s.db.svc.cluster.local:7001".formatted(nameOf(set), ordinal));
      }
    }
    assertThat(cluster.grpcAddresses()).isEqualTo(expected);
    assertThat(cluster.nodes())
        .allMatch(node -> node.name().equals("n" + node.id()))
        .allMatch(node -> node.grpc().listen().isWildcard());
    assertThat(cluster.balancer().advertise().host())
        .isEqualTo("flotilla-balancer.db.svc.cluster.local");
  }

  @Test
  void nobodyIsToldToBeginUnlessItIsSaidAndThenWithAnEnd() throws IOException {
    Manifests quiet = render(DEFAULTS);
    assertThat(quiet.the("ConfigMap", "flotilla").path("data").has("bootstrap-until")).isFalse();
    Manifests told = render("bootstrap: {until: \"2026-01-31T12:10:00Z\"}");
    assertThat(told.the("ConfigMap", "flotilla").path("data").path("bootstrap-until").asString(""))
        .isEqualTo("2026-01-31T12:10:00Z");
    for (Manifests manifests : List.of(quiet, told)) {
      assertThat(cluster(manifests).bootstrap()).isFalse();
      for (JsonNode set : manifests.ofKind("StatefulSet")) {
        assertThat(list(containerOf(set).path("args"))).doesNotContain("--bootstrap");
      }
    }
    // Saying it, or taking it back, restarts nothing.
    assertThat(told.ofKind("StatefulSet")).isEqualTo(quiet.ofKind("StatefulSet"));
  }

  @Test
  void aGroupMayHaveFiveFounders() throws IOException {
    Manifests manifests = render("groups: [{name: g1, id: 1, founders: 5}]");
    assertThat(manifests.ofKind("StatefulSet")).hasSize(1);
    assertThat(manifests.the("StatefulSet", "flotilla-g1").path("spec").path("replicas").asInt(0))
        .isEqualTo(5);
    assertThat(
            manifests
                .the("PodDisruptionBudget", "flotilla-g1")
                .path("spec")
                .path("maxUnavailable")
                .asInt(0))
        .isEqualTo(1);
    assertThat(cluster(manifests).groups().getFirst().nodes())
        .containsExactly(101, 102, 103, 104, 105);
  }

  @Test
  void whoComesLaterJoinsAndFoundsNothing() throws IOException {
    Manifests manifests = render("groups: [{name: g7, id: 7, founders: 3, joiners: 2}]");
    assertThat(manifests.the("StatefulSet", "flotilla-g7").path("spec").path("replicas").asInt(0))
        .isEqualTo(5);
    ClusterConfig cluster = cluster(manifests);
    assertThat(cluster.groups().getFirst().nodes()).containsExactly(701, 702, 703);
    assertThat(cluster.node(703).joins()).isEmpty();
    assertThat(cluster.node(704).joins()).containsExactly(7);
    assertThat(cluster.node(705).joins()).containsExactly(7);
  }

  @Test
  void settingsReachTheClusterFileAndRestartWhoeverReadsThem() throws IOException {
    Manifests before = render(DEFAULTS);
    Manifests after =
        render(
            """
            timings: {heartbeat: 100ms, election-timeout-min: 1s, election-timeout-max: 2s}
            limits: {wal-bytes: 512MiB, compact-entries: 1000000}
            reads: {lease: true}
            """);
    ClusterConfig.Tuning tuning = cluster(after).tuning();
    assertThat(tuning.raft().heartbeatNanos()).isEqualTo(Duration.ofMillis(100).toNanos());
    for (int i = 0; i < before.workloads().size(); i++) {
      assertThat(settings(after.workloads().get(i)))
          .isNotEmpty()
          .isNotEqualTo(settings(before.workloads().get(i)));
    }
  }

  private static String settings(JsonNode workload) {
    return podOf(workload)
        .path("metadata")
        .path("annotations")
        .path("flotilla.dev/settings")
        .asString("");
  }

  @Test
  void onAnIpv6OnlyNetworkEverybodyListensThere() throws IOException {
    ClusterConfig cluster = cluster(render("listen: \"::\""));
    assertThat(cluster.nodes())
        .allMatch(node -> node.grpc().listen().toString().equals("[::]:7001"));
  }

  @Test
  void withoutMonitoringNothingOfItsKindIsMade() throws IOException {
    assertThat(render(DEFAULTS).all())
        .noneMatch(document -> document.path("apiVersion").asString("").startsWith("monitoring."));
  }

  @Test
  void monitoringScrapesByTheNamesTheRulesKnow() throws IOException {
    Manifests manifests =
        render(
            """
            metrics:
              serviceMonitor: {enabled: true, labels: {release: prometheus}}
              prometheusRule: {enabled: true}
            """);
    Set<String> jobs = new TreeSet<>();
    for (JsonNode monitor : manifests.ofKind("ServiceMonitor")) {
      assertThat(monitor.path("metadata").path("labels").path("release").asString(""))
          .isEqualTo("prometheus");
      JsonNode endpoint = monitor.path("spec").path("endpoints").path(0);
      assertThat(endpoint.path("path").asString("")).isEqualTo("/metrics");
      JsonNode relabeling = endpoint.path("relabelings").path(0);
      assertThat(relabeling.path("targetLabel").asString("")).isEqualTo("job");
      jobs.add(relabeling.path("replacement").asString(""));
      Map<String, String> wanted = texts(monitor.path("spec").path("selector").path("matchLabels"));
      assertThat(manifests.ofKind("Service"))
          .anyMatch(service ->
              texts(service.path("metadata").path("labels"))
                  .entrySet()
                  .containsAll(wanted.entrySet()));
    }
    assertThat(jobs).containsExactly("flotilla-balancer", "flotilla-node");
    for (Path rules : rules(RULES)) {
      JsonNode expected = Manifests.parse(Files.readString(rules)).all().getFirst();
      assertThat(manifests.ofKind("PrometheusRule"))
          .as(rules.toString())
          .anyMatch(rule -> rule.path("spec").equals(expected));
    }
  }

  @Test
  void theChartCarriesTheRulesAsTheyAre() throws IOException {
    List<Path> rules = rules(RULES);
    assertThat(rules).isNotEmpty();
    assertThat(rules(CHART.resolve("files")))
        .extracting(path -> path.getFileName().toString())
        .containsExactlyElementsOf(
            rules.stream().map(path -> path.getFileName().toString()).toList());
    for (Path original : rules) {
      assertThat(CHART.resolve("files").resolve(original.getFileName()))
          .as("deploy/helm/sync-rules.sh copies them")
          .hasSameTextualContentAs(original);
    }
  }

  private static List<Path> rules(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(path -> path.toString().endsWith(".yml")).sorted().toList();
    }
  }

  @Test
  void theNetworkPolicyLetsInWhoIsNamed() throws IOException {
    assertThat(render(DEFAULTS).ofKind("NetworkPolicy")).isEmpty();
    Manifests manifests =
        render(
            """
            networkPolicy:
              enabled: true
              clients: [{podSelector: {matchLabels: {app: shop}}}]
            """);
    JsonNode ingress =
        manifests.the("NetworkPolicy", "flotilla-balancer").path("spec").path("ingress");
    JsonNode client = ingress.path(0).path("from").path(0).path("podSelector");
    assertThat(texts(client.path("matchLabels"))).isEqualTo(Map.of("app", "shop"));
    assertThat(manifests.the("NetworkPolicy", "flotilla-node").path("spec").path("ingress").size())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas: 5",
        "node: {replicas: 5}",
        "groups: []",
        "groups: [{name: g1, id: 1, founders: 4}]",
        "groups: [{name: g1, id: 0, founders: 3}]",
        "groups: [{name: G1, id: 1, founders: 3}]",
        "groups: [{name: g1, id: 1}]",
        "bootstrap: true",
        "bootstrap: {until: tomorrow}",
        "timings: {hartbeat: 50ms}",
        "timings: {heartbeat: 50}",
        "limits: {wal-bytes: 268435456}",
        "persistence: {enabled: false}",
        "persistence: {accessMode: ReadWriteMany}",
        "node: {terminationGracePeriodSeconds: 1}",
        "security: {uid: 0}",
        "image: {digest: abc}",
        "listen: 10.0.0.1"
      })
  void theSchemaRefusesWhatIsNotMeant(String values) {
    assertThatThrownBy(() -> render(values)).hasMessageContaining("specifications of the schema");
  }

  @Test
  void groupsDoNotShareAnIdOrAName() {
    String twins = "groups: [{name: g1, id: 1, founders: 3}, {name: %s, id: %d, founders: 3}]";
    assertThatThrownBy(() -> render(twins.formatted("g2", 1)))
        .hasMessageContaining("two groups have the id 1");
    assertThatThrownBy(() -> render(twins.formatted("g1", 2)))
        .hasMessageContaining("two groups are called g1");
  }
}
