package dev.flotilla.balancer.http;

import dev.flotilla.balancer.view.ClusterPicture;
import dev.flotilla.balancer.view.FeedItem;
import dev.flotilla.balancer.view.Traffic;
import dev.flotilla.slot.Slots;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The picture and the feed as the dashboard reads them. One line each: they become events. */
final class PictureJson {
  /** What does not change while the balancer runs. */
  record About(
      String clusterId, String version, long ringEpoch, boolean chaos, @Nullable String grafana) {}

  private final About about;

  PictureJson(About about) {
    this.about = about;
  }

  JsonBytes of(ClusterPicture picture) {
    JsonBytes json = new JsonBytes(4_096);
    json.raw("{\"at\":").number(picture.atMillis());
    json.raw(",\"clusterId\":").string(about.clusterId());
    json.raw(",\"version\":").string(about.version());
    json.raw(",\"ringEpoch\":").number(about.ringEpoch());
    json.raw(",\"slots\":").number(Slots.COUNT);
    json.raw(about.chaos() ? ",\"chaos\":true" : ",\"chaos\":false");
    json.raw(",\"grafana\":");
    text(json, about.grafana());
    json.raw(",\"groups\":[");
    String separator = "";
    for (ClusterPicture.Group group : picture.groups()) {
      json.raw(separator);
      put(json, group);
      separator = ",";
    }
    json.raw("],\"balancer\":");
    put(json, picture.traffic());
    return json.raw("}");
  }

  private static void put(JsonBytes json, ClusterPicture.Group group) {
    json.raw("{\"id\":").number(group.id());
    json.raw(",\"name\":").string(group.name());
    json.raw(",\"slots\":").number(group.slots());
    json.raw(",\"share\":").raw(decimal(group.slots() / (double) Slots.COUNT, 4));
    json.raw(",\"leader\":");
    text(json, group.leader() == null ? null : "n" + group.leader());
    json.raw(",\"term\":").number(group.term());
    json.raw(",\"voters\":").number(group.voters());
    json.raw(",\"answering\":").number(group.answering());
    json.raw(group.hasQuorum() ? ",\"quorum\":true" : ",\"quorum\":false");
    json.raw(",\"rates\":{\"reads\":").raw(decimal(group.rates().reads(), 1));
    json.raw(",\"writes\":").raw(decimal(group.rates().writes(), 1));
    json.raw(",\"failed\":").raw(decimal(group.rates().failed(), 1));
    json.raw("},\"members\":[");
    String separator = "";
    for (ClusterPicture.Member member : group.members()) {
      json.raw(separator);
      put(json, member);
      separator = ",";
    }
    json.raw("]}");
  }

  private static void put(JsonBytes json, ClusterPicture.Member member) {
    json.raw("{\"id\":").number(member.node());
    json.raw(",\"node\":").string("n" + member.node());
    json.raw(",\"address\":").string(member.address());
    json.raw(",\"role\":").string(member.part().name());
    json.raw(member.voter() ? ",\"voter\":true" : ",\"voter\":false");
    json.raw(",\"term\":").number(member.term());
    json.raw(",\"commitIndex\":").number(member.commitIndex());
    json.raw(",\"appliedIndex\":").number(member.appliedIndex());
    json.raw(",\"lastIndex\":").number(member.lastIndex());
    json.raw(",\"lag\":");
    number(json, member.lag());
    json.raw(",\"sinceContactMillis\":");
    number(json, member.sinceContactMillis());
    json.raw(",\"uptimeMillis\":").number(member.uptimeMillis());
    json.raw(",\"problem\":");
    text(json, member.problem());
    json.raw("}");
  }

  private static void put(JsonBytes json, Traffic traffic) {
    json.raw("{\"rates\":{");
    String separator = "";
    for (Map.Entry<String, Double> op : new TreeMap<>(traffic.perOp()).entrySet()) {
      json.raw(separator).string(op.getKey()).raw(":").raw(decimal(op.getValue(), 1));
      separator = ",";
    }
    json.raw("},\"failed\":").raw(decimal(traffic.failed(), 1));
    json.raw(",\"retries\":").raw(decimal(traffic.retries(), 1));
    json.raw(",\"inFlight\":").number(traffic.inFlight());
    json.raw(",\"latencyMicros\":");
    Traffic.Latency latency = traffic.latency();
    if (latency == null) {
      json.raw("null}");
    } else {
      json.raw("{\"p50\":").number(latency.p50());
      json.raw(",\"p99\":").number(latency.p99());
      json.raw(",\"p999\":").number(latency.p999()).raw("}}");
    }
  }

  static JsonBytes of(FeedItem item) {
    JsonBytes json = new JsonBytes(256);
    json.raw("{\"id\":").number(item.id());
    json.raw(",\"at\":").number(item.atMillis());
    json.raw(",\"kind\":").string(item.kind());
    json.raw(",\"severity\":").string(item.severity().text());
    json.raw(",\"group\":");
    text(json, item.group());
    json.raw(",\"node\":");
    text(json, item.node());
    json.raw(",\"term\":").number(item.term());
    return json.raw(",\"text\":").string(item.text()).raw("}");
  }

  private static void text(JsonBytes json, @Nullable String text) {
    if (text == null) {
      json.raw("null");
    } else {
      json.string(text);
    }
  }

  private static void number(JsonBytes json, @Nullable Long number) {
    if (number == null) {
      json.raw("null");
    } else {
      json.number(number);
    }
  }

  private static String decimal(double value, int places) {
    return String.format(Locale.ROOT, "%." + places + "f", value);
  }
}
