package dev.flotilla.launcher.observability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricNamesTest {
  @Test
  void aNameAloneIsAName() {
    assertThat(MetricNames.ofExpression("up")).containsExactly("up");
    assertThat(MetricNames.ofExpression(" group:flotilla_raft_elections:increase15m > 6"))
        .containsExactly("group:flotilla_raft_elections:increase15m");
  }

  @Test
  void labelsMatchersRangesAndTextsAreNoNames() {
    assertThat(
            MetricNames.ofExpression(
                "sum by (group, op) (rate(a_total{job=~\"x|y{}\", code!='b \\' c'}[5m])) / 2e3"))
        .containsExactly("a_total");
    assertThat(MetricNames.ofExpression("sum(a) without(instance) + avg without (node) (b)"))
        .containsExactly("a", "b");
    assertThat(MetricNames.ofExpression("label_replace(a, \"node\", \"$1\", \"peer\", \"(.*)\")"))
        .containsExactly("a");
  }

  @Test
  void operatorsAndFunctionsAreNoNames() {
    assertThat(
            MetricNames.ofExpression(
                "clamp(max by (node) ((a * b - a offset 1m * b offset 1m) / 60), 0, 1)"
                    + " and on (node, group) (c == bool 1) or vector(0) unless d"))
        .containsExactly("a", "b", "c", "d");
    assertThat(MetricNames.ofExpression("a * on (x) group_left (y) b > Inf or c == NaN"))
        .containsExactly("a", "b", "c");
    assertThat(
            MetricNames.ofExpression("histogram_quantile(0.99, sum by (le) (rate(a_bucket[1m])))"))
        .containsExactly("a_bucket");
  }

  @Test
  void variablesOfDashboardsAndCommentsAreNoNames() {
    assertThat(
            MetricNames.ofExpression(
                "rate(a{group=~\"$group\"}[$__rate_interval]) > $limit + ${other} # b\n + c"))
        .containsExactly("a", "c");
  }

  @Test
  void whatIsBrokenOffIsReadToItsEnd() {
    assertThat(MetricNames.ofExpression("sum(a{b=\"c")).containsExactly("a");
    assertThat(MetricNames.ofExpression("sum by (a")).isEmpty();
    assertThat(MetricNames.ofExpression("")).isEmpty();
  }

  @Test
  void aScrapeNamesItsSamples() {
    String scrape =
        """
        # HELP a_seconds How long.
        # TYPE a_seconds histogram
        a_seconds_bucket{node="n1",le="+Inf"} 3
        a_seconds_count{node="n1"} 3
        a_seconds_sum{node="n1"} 0.5

        up 1
        """;
    assertThat(MetricNames.ofScrape(scrape))
        .containsExactly("a_seconds_bucket", "a_seconds_count", "a_seconds_sum", "up");
  }
}
