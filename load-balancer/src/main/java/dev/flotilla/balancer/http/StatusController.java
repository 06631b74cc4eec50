package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.slot.Slots;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Probes and the state of the cluster as this balancer sees it. */
@RestController
final class StatusController {
  private final KvService service;
  private final String clusterId;

  StatusController(KvService service, ClusterName cluster) {
    this.service = service;
    this.clusterId = cluster.id();
  }

  /** The process is there. */
  @GetMapping("/livez")
  void livez(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Answers.write(response, 200, Answers.JSON, new JsonBytes(64).raw("{\"live\":true}"));
  }

  /** Every group has a leader that has just answered a read. */
  @GetMapping("/readyz")
  void readyz(HttpServletRequest request, HttpServletResponse response) throws IOException {
    List<GroupView> groups = Await.answer(service.probeLeaders());
    boolean ready = groups.stream().allMatch(group -> group.leader() != null);
    JsonBytes json = new JsonBytes(256);
    json.raw(ready ? "{\"ready\":true" : "{\"ready\":false").raw(",\"groups\":[");
    String separator = "";
    for (GroupView group : groups) {
      json.raw(separator).raw("{\"group\":").string(group.name());
      json.raw(group.leader() != null ? ",\"ready\":true}" : ",\"ready\":false}");
      separator = ",";
    }
    json.raw("],\"lacking\":[");
    separator = "";
    for (GroupView group : groups) {
      if (group.leader() == null) {
        json.raw(separator).string(group.name());
        separator = ",";
      }
    }
    json.raw("]}");
    if (!ready) {
      response.setHeader("Retry-After", "1");
    }
    Answers.write(response, ready ? 200 : 503, Answers.JSON, json);
  }

  /**
   * Groups with leader, term and members; what the leader says of itself was asked for just now.
   */
  @GetMapping("/api/status")
  void status(HttpServletRequest request, HttpServletResponse response) throws IOException {
    List<GroupView> groups = Await.answer(service.probeLeaders());
    JsonBytes json = new JsonBytes(1_024);
    json.raw("{\"clusterId\":").string(clusterId);
    json.raw(",\"ringEpoch\":").number(service.slots().epoch());
    json.raw(",\"slots\":").number(Slots.COUNT);
    json.raw(",\"groups\":[");
    String separator = "";
    for (GroupView group : groups) {
      json.raw(separator);
      putGroup(json, group);
      separator = ",";
    }
    json.raw("]");
    if (groups.size() == 1) {
      putTheOnlyGroup(json, groups.getFirst());
    }
    json.raw("}");
    Answers.write(response, 200, Answers.JSON, json);
  }

  private static void putGroup(JsonBytes json, GroupView group) {
    GroupView.Member leader = leader(group);
    json.raw("{\"id\":").number(group.id());
    json.raw(",\"name\":").string(group.name());
    json.raw(",\"leader\":");
    putAddress(json, leader);
    json.raw(",\"leaderNode\":");
    putName(json, leader);
    json.raw(",\"term\":").number(group.term());
    json.raw(",\"size\":").number(voters(group));
    json.raw(",\"slots\":").number(group.slots());
    json.raw(",\"members\":");
    putMembers(json, group, leader);
    json.raw("}");
  }

  /** A cluster of one group also shows it without the level of groups. */
  private static void putTheOnlyGroup(JsonBytes json, GroupView group) {
    GroupView.Member leader = leader(group);
    json.raw(",\"leader\":");
    putName(json, leader);
    json.raw(",\"clusterSize\":").number(voters(group));
    json.raw(",\"nodes\":");
    putMembers(json, group, leader);
  }

  private static void putMembers(
      JsonBytes json, GroupView group, GroupView.@Nullable Member leader) {
    json.raw("[");
    String separator = "";
    for (GroupView.Member member : group.members()) {
      json.raw(separator).raw("{\"id\":").number(member.node());
      json.raw(",\"node\":");
      putName(json, member);
      json.raw(",\"address\":");
      putAddress(json, member);
      json.raw(member.equals(leader) ? ",\"leader\":true" : ",\"leader\":false");
      json.raw(member.voter() ? "}" : ",\"learner\":true}");
      separator = ",";
    }
    json.raw("]");
  }

  private static long voters(GroupView group) {
    return group.members().stream().filter(GroupView.Member::voter).count();
  }

  private static void putName(JsonBytes json, GroupView.@Nullable Member member) {
    if (member == null) {
      json.raw("null");
    } else {
      json.string("n" + member.node());
    }
  }

  private static void putAddress(JsonBytes json, GroupView.@Nullable Member member) {
    if (member == null) {
      json.raw("null");
    } else {
      json.string(member.address());
    }
  }

  private static GroupView.@Nullable Member leader(GroupView group) {
    if (group.leader() == null) {
      return null;
    }
    for (GroupView.Member member : group.members()) {
      if (member.node() == group.leader().node()) {
        return member;
      }
    }
    return null;
  }
}
