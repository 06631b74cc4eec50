package dev.flotilla.launcher.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.observability.Dashboards.Dashboard;
import dev.flotilla.launcher.observability.Dashboards.Expression;
import dev.flotilla.launcher.observability.RuleFiles.AlertCase;
import dev.flotilla.launcher.observability.RuleFiles.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Rules, their tests, dashboards and the runbook fit together. Whether the expressions are valid
 * and find anything is {@link ObservabilityIT}'s to say.
 */
class ObservabilityFilesTest {
  private static final Path RUNBOOK = RuleFiles.ROOT.resolve("docs/runbook.md");
  private static final String RUNBOOK_LINK = "docs/runbook.md#";
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)#([^)]+)\\)");
  private static final Pattern ALERT = Pattern.compile("\\bFlotilla[A-Z]\\w+");
  private static final Pattern TEMPLATE = Pattern.compile("\\{\\{.*?\\}\\}");

  /** Series that a server makes of what it scrapes, which no scrape brings. */
  static final Set<String> MADE_BY_PROMETHEUS = Set.of("up", "ALERTS");

  private static Set<String> names(List<Rule> rules) {
    return rules.stream().map(Rule::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** As GitHub makes them from headings. */
  private static Set<String> anchorsOf(Path document) throws IOException {
    Set<String> anchors = new HashSet<>();
    Matcher heading = HEADING.matcher(Files.readString(document));
    while (heading.find()) {
      anchors.add(
          heading
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^a-z0-9 _-]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }

  @Test
  void everyAlertSaysHowBadItIsAndHowLongItWaitedAndWhatToDo() throws IOException {
    assertThat(RuleFiles.alerts()).hasSizeGreaterThan(14);
    for (Rule alert : RuleFiles.alerts()) {
      assertThat(alert.labels()).as(alert.name()).containsOnlyKeys("severity");
      assertThat(alert.labels().get("severity")).as(alert.name()).isIn("warning", "critical");
      assertThat(alert.patience()).as(alert.name()).matches("[1-9]\\d*[smh]");
      assertThat(alert.annotations())
          .as(alert.name())
          .containsOnlyKeys("summary", "description", "runbook_url");
      String description = alert.annotations().get("description");
      assertThat(description).as(alert.name()).contains("$labels.").contains("$value");
      assertThat(alert.annotations().get("summary")).as(alert.name()).contains("$labels.");
      assertThat(TEMPLATE.matcher(description).replaceAll(""))
          .as("%s: no template is left open", alert.name())
          .doesNotContain("{{", "}}");
    }
  }

  @Test
  void noNameIsGivenTwice() throws IOException {
    assertThat(RuleFiles.rules().stream().map(Rule::name)).doesNotHaveDuplicates();
  }

  @Test
  void everyAlertHasItsOwnSectionInTheRunbook() throws IOException {
    Set<String> anchors = anchorsOf(RUNBOOK);
    for (Rule alert : RuleFiles.alerts()) {
      String anchor = alert.name().toLowerCase(Locale.ROOT);
      assertThat(alert.annotations().get("runbook_url")).isEqualTo(RUNBOOK_LINK + anchor);
      assertThat(anchors).contains(anchor);
    }
  }

  @Test
  void everySectionOfTheRunbookIsForAnAlertThereIs() throws IOException {
    Set<String> alerts = names(RuleFiles.alerts());
    Matcher named = ALERT.matcher(Files.readString(RUNBOOK));
    int checked = 0;
    while (named.find()) {
      assertThat(alerts).contains(named.group());
      checked++;
    }
    assertThat(checked).isGreaterThanOrEqualTo(alerts.size());
  }

  @Test
  void everyLinkOfTheRunbookLeadsSomewhere() throws IOException {
    Matcher link = LINK.matcher(Files.readString(RUNBOOK));
    int checked = 0;
    while (link.find()) {
      Path target = link.group(1).isEmpty() ? RUNBOOK : RUNBOOK.resolveSibling(link.group(1));
      assertThat(anchorsOf(target)).as(link.group()).contains(link.group(2));
      checked++;
    }
    assertThat(checked).isGreaterThan(10);
  }

  @Test
  void everyAlertIsSeenToFireAndNotToFire() throws IOException {
    List<AlertCase> cases = RuleFiles.alertCases();
    Set<String> alerts = names(RuleFiles.alerts());
    assertThat(cases).allSatisfy(each -> assertThat(alerts).contains(each.alert()));
    for (String alert : alerts) {
      assertThat(cases.stream().filter(each -> each.alert().equals(alert)))
          .as(alert)
          .anyMatch(each -> each.fires() > 0)
          .anyMatch(each -> each.fires() == 0);
    }
  }

  @Test
  void everyRecordedSeriesIsTested() throws IOException {
    Set<String> tested = new TreeSet<>();
    RuleFiles.testedExpressions()
        .forEach(expression -> tested.addAll(MetricNames.ofExpression(expression)));
    assertThat(tested).containsAll(names(RuleFiles.recordings()));
  }

  @Test
  void recordedSeriesSayTheirLevelAndTheirOperation() throws IOException {
    assertThat(names(RuleFiles.recordings()))
        .allSatisfy(name -> assertThat(name).matches("[a-z_]+:[a-z0-9_]+:[a-z0-9_]+"));
  }

  @Test
  void everyTestEvaluatesAllGroupsOfRules() throws IOException {
    Set<String> groups = new TreeSet<>();
    RuleFiles.rules().forEach(rule -> groups.add(rule.group()));
    for (Path file : RuleFiles.testPaths()) {
      Map<String, Object> test = RuleFiles.load(file);
      assertThat(test.get("rule_files")).as("%s", file).isEqualTo(List.of("../rules/*.yml"));
      assertThat(test.get("group_eval_order"))
          .as("%s", file)
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .containsExactlyInAnyOrderElementsOf(groups);
    }
  }

  @Test
  void bothConfigurationsScrapeTheJobsThatTheRulesKnow() throws IOException {
    for (String name : List.of("prometheus.yml", "prometheus-local.yml")) {
      Map<String, Object> configuration = RuleFiles.load(RuleFiles.FOLDER.resolve(name));
      assertThat(configuration.get("rule_files")).isEqualTo(List.of("rules/*.yml"));
      Map<String, Integer> targets =
          RuleFiles.maps(configuration.get("scrape_configs")).stream()
              .collect(
                  Collectors.toMap(
                      job -> RuleFiles.text(job.get("job_name")), job -> targetsOf(job)));
      assertThat(targets)
          .as(name)
          .containsExactlyInAnyOrderEntriesOf(Map.of("flotilla-node", 9, "flotilla-balancer", 1));
    }
  }

  private static int targetsOf(Map<String, Object> job) {
    return RuleFiles.maps(job.get("static_configs")).stream()
        .mapToInt(targets -> ((List<?>) targets.get("targets")).size())
        .sum();
  }

  @Test
  void whatIsAskedForUnderARecordedNameIsRecorded() throws IOException {
    Set<String> asked = new TreeSet<>();
    for (Rule rule : RuleFiles.rules()) {
      asked.addAll(MetricNames.ofExpression(rule.expression()));
    }
    for (Expression expression : Dashboards.expressions()) {
      asked.addAll(MetricNames.ofExpression(expression.filled()));
    }
    asked.removeIf(name -> !name.contains(":"));
    assertThat(names(RuleFiles.recordings())).containsExactlyInAnyOrderElementsOf(asked);
  }

  @Test
  void namesThatAreAskedForLookLikeOurs() throws IOException {
    assertThat(namesAskedFor())
        .hasSizeGreaterThan(40)
        .allSatisfy(name -> assertThat(name).matches("(flotilla|jvm|process)_[a-z0-9_]+"));
  }

  /** What rules and dashboards together ask a scrape for. */
  static Set<String> namesAskedFor() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Rule rule : RuleFiles.rules()) {
      names.addAll(MetricNames.ofExpression(rule.expression()));
    }
    for (Expression expression : Dashboards.expressions()) {
      names.addAll(MetricNames.ofExpression(expression.filled()));
    }
    names.removeIf(name -> name.contains(":"));
    names.removeAll(MADE_BY_PROMETHEUS);
    return names;
  }

  @Test
  void thereAreFourDashboardsThatLeadToEachOther() throws IOException {
    List<Dashboard> dashboards = Dashboards.all();
    assertThat(dashboards.stream().map(Dashboard::uid))
        .containsExactly(
            "flotilla-elections", "flotilla-overview", "flotilla-replication", "flotilla-writes");
    for (Dashboard dashboard : dashboards) {
      assertThat(dashboard.file().getFileName()).hasToString(dashboard.uid() + ".json");
      assertThat(dashboard.json().path("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
      assertThat(dashboard.json().path("tags").path(0).asString()).isEqualTo("flotilla");
      JsonNode link = dashboard.json().path("links").path(0);
      assertThat(link.path("tags").path(0).asString()).isEqualTo("flotilla");
      assertThat(link.path("includeVars").asBoolean()).isTrue();
    }
  }

  @Test
  void everyPanelSaysWhatItShowsAndInWhichUnit() throws IOException {
    for (Dashboard dashboard : Dashboards.all()) {
      Set<Integer> ids = new HashSet<>();
      for (JsonNode panel : dashboard.panels()) {
        String where = dashboard.uid() + ": " + panel.path("title").asString();
        assertThat(ids.add(panel.path("id").asInt())).as("%s has an id of its own", where).isTrue();
        assertThat(panel.path("title").asString()).as(where).isNotBlank();
        assertThat(panel.path("description").asString()).as(where).endsWith(".");
        assertThat(panel.path("fieldConfig").path("defaults").path("unit").asString())
            .as(where)
            .isNotBlank();
        assertThat(panel.path("datasource").path("uid").asString())
            .as(where)
            .isEqualTo("${datasource}");
        assertThat(panel.path("targets").size()).as(where).isPositive();
      }
    }
  }

  @Test
  void noPanelCoversAnother() throws IOException {
    for (Dashboard dashboard : Dashboards.all()) {
      Set<List<Integer>> taken = new HashSet<>();
      for (JsonNode panel : dashboard.json().path("panels")) {
        JsonNode place = panel.path("gridPos");
        int right = place.path("x").asInt() + place.path("w").asInt();
        assertThat(right).isLessThanOrEqualTo(24);
        for (int x = place.path("x").asInt(); x < right; x++) {
          for (int row = 0; row < place.path("h").asInt(); row++) {
            assertThat(taken.add(List.of(x, place.path("y").asInt() + row)))
                .as("%s: %s", dashboard.uid(), panel.path("title").asString())
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void dashboardsUseTheVariablesTheyHave() throws IOException {
    for (Dashboard dashboard : Dashboards.all()) {
      List<String> variables = new ArrayList<>();
      for (JsonNode variable : dashboard.json().path("templating").path("list")) {
        variables.add(variable.path("name").asString());
      }
      assertThat(variables).containsExactly("datasource", "group", "node");
      assertThat(Dashboards.variablesIn(dashboard.json().toString()))
          .contains("datasource", "group")
          .isSubsetOf("datasource", "group", "node", "__rate_interval", "__all");
    }
  }

  @Test
  void grafanaFindsItsDataSourceAndItsDashboards() throws IOException {
    Path provisioning = RuleFiles.ROOT.resolve("deploy/grafana/provisioning");
    Map<String, Object> source =
        RuleFiles.maps(
                RuleFiles.load(provisioning.resolve("datasources/prometheus.yml"))
                    .get("datasources"))
            .getFirst();
    assertThat(source).containsEntry("type", "prometheus").containsEntry("isDefault", true);
    Map<String, Object> provider =
        RuleFiles.maps(
                RuleFiles.load(provisioning.resolve("dashboards/flotilla.yml")).get("providers"))
            .getFirst();
    assertThat(provider)
        .containsEntry("type", "file")
        .containsEntry("options", Map.of("path", "/etc/grafana/dashboards"));
  }
}
