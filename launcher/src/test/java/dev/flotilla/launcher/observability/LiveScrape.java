package dev.flotilla.launcher.observability;

import dev.flotilla.launcher.config.ClusterConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What Prometheus would get from a cluster that runs, by the job and the address of the target. */
record LiveScrape(List<Target> targets) {

  /**
   * One answer to {@code GET /metrics}.
   *
   * @param instance host and port
   */
  record Target(String job, String instance, String text) {
    /** The lines that are samples. */
    List<String> samples() {
      return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    }
  }

  /** Asks every node and the balancer. */
  static LiveScrape of(ClusterConfig config) throws IOException, InterruptedException {
    List<Target> targets = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (ClusterConfig.Node node : config.nodes()) {
        targets.add(target(http, "flotilla-node", node.http().advertise().toString()));
      }
      targets.add(target(http, "flotilla-balancer", config.balancer().advertise().toString()));
    }
    return new LiveScrape(targets);
  }

  private static Target target(HttpClient http, String job, String instance)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + instance + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(instance + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return new Target(job, instance, answer.body());
  }

  Set<String> names() {
    Set<String> names = new TreeSet<>();
    targets.forEach(target -> names.addAll(MetricNames.ofScrape(target.text())));
    return names;
  }

  /**
   * Each sample as a series of a rule test that stays as it is: with the labels that Prometheus
   * adds, and {@code up}. What is no number is left out.
   *
   * @param steps how often each is repeated
   */
  List<Map<String, String>> series(int steps) {
    List<Map<String, String>> series = new ArrayList<>();
    for (Target target : targets) {
      String added = "job=\"" + target.job() + "\",instance=\"" + target.instance() + "\"";
      series.add(series("up{" + added + "}", "1", steps));
      for (String sample : target.samples()) {
        int space = sample.lastIndexOf(' ');
        String value = sample.substring(space + 1);
        if (!value.equals("NaN") && !value.endsWith("Inf")) {
          series.add(
              series(
                  labelled(sample.substring(0, space), added),
                  new BigDecimal(value).toPlainString(),
                  steps));
        }
      }
    }
    return series;
  }

  private static String labelled(String series, String added) {
    int brace = series.indexOf('{');
    if (brace < 0) {
      return series + "{" + added + "}";
    }
    String own = series.substring(brace + 1, series.lastIndexOf('}'));
    return series.substring(0, brace + 1) + added + (own.isEmpty() ? "" : "," + own) + "}";
  }

  private static Map<String, String> series(String name, String value, int steps) {
    Map<String, String> series = new LinkedHashMap<>();
    series.put("series", name);
    series.put("values", value + "+0x" + steps);
    return series;
  }
}
