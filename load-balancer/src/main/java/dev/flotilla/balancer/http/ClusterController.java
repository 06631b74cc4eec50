package dev.flotilla.balancer.http;

import dev.flotilla.balancer.LocalNodes;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.view.ClusterAdmin;
import dev.flotilla.balancer.view.ClusterWatch;
import dev.flotilla.balancer.view.FeedItem.Severity;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.slot.Slots;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where keys live, whether groups take writes, and what an operator may do to them from here. */
@RestController
final class ClusterController {
  private static final int MOST_BODY_BYTES = 4_096;

  private final KvService service;
  private final ClusterAdmin admin;
  private final ClusterWatch watch;
  private final @Nullable LocalNodes localNodes;
  private final HttpLimits limits;
  private final Admission admission;

  /**
   * @param localNodes null = nobody may hurt them from here
   */
  ClusterController(
      KvService service,
      ClusterAdmin admin,
      ClusterWatch watch,
      @Nullable LocalNodes localNodes,
      HttpLimits limits,
      Admission admission) {
    this.service = service;
    this.admin = admin;
    this.watch = watch;
    this.localNodes = localNodes;
    this.limits = limits;
    this.admission = admission;
  }

  /** Who owns which slots, as runs of consecutive ones. */
  @GetMapping("/api/ring")
  void ring(HttpServletRequest request, HttpServletResponse response) throws IOException {
    SlotTable slots = service.slots();
    JsonBytes json = new JsonBytes(16_384);
    json.raw("{\"epoch\":").number(slots.epoch());
    json.raw(",\"slots\":").number(Slots.COUNT);
    json.raw(",\"groups\":[");
    String separator = "";
    for (GroupView group : service.groups()) {
      json.raw(separator).raw("{\"id\":").number(group.id());
      json.raw(",\"name\":").string(group.name()).raw("}");
      separator = ",";
    }
    json.raw("],\"runs\":[");
    separator = "";
    int from = 0;
    for (int slot = 1; slot <= Slots.COUNT; slot++) {
      if (slot == Slots.COUNT || slots.groupOf(slot) != slots.groupOf(from)) {
        json.raw(separator).raw("[").number(slot - from);
        json.raw(",").number(slots.groupOf(from)).raw("]");
        separator = ",";
        from = slot;
      }
    }
    Answers.write(response, 200, Answers.JSON, json.raw("]}"));
  }

  /** Where a key lives. */
  @GetMapping("/api/locate")
  void locate(HttpServletRequest request, HttpServletResponse response) throws IOException {
    QueryString query = QueryString.parse(request.getQueryString(), Set.of("key"));
    byte[] key = query.bytes("key");
    Keys.check(key, limits);
    int slot = Slots.of(key);
    GroupView group = group(service.slots().groupOf(slot));
    JsonBytes json = new JsonBytes(256);
    json.raw("{\"key\":").string(query.text("key").orElse(""));
    json.raw(",\"slot\":").number(slot);
    json.raw(",\"group\":").string(group.name());
    json.raw(",\"leader\":");
    putNode(json, group.leader() == null ? 0 : group.leader().node());
    json.raw(",\"members\":[");
    String separator = "";
    for (GroupView.Member member : group.members()) {
      json.raw(separator);
      putNode(json, member.node());
      separator = ",";
    }
    Answers.write(response, 200, Answers.JSON, json.raw("]}"));
  }

  /** Commits an entry in every group, at once, and says how long each took. */
  @PostMapping("/api/health")
  void health(HttpServletRequest request, HttpServletResponse response) throws IOException {
    List<GroupView> groups = service.groups();
    List<CompletableFuture<Touched>> asked = new ArrayList<>();
    try (Admission.Pass _ = admission.enter(groups.size(), 0)) {
      for (GroupView group : groups) {
        long beganNanos = System.nanoTime();
        asked.add(
            service
                .execute(new KvRequest.Touch(group.id()), CallOptions.DEFAULT)
                .thenApply(answer -> new Touched(answer, System.nanoTime() - beganNanos)));
      }
      boolean healthy = true;
      JsonBytes json = new JsonBytes(512).raw("{\"groups\":[");
      String separator = "";
      for (int i = 0; i < groups.size(); i++) {
        Touched touched = Await.answer(asked.get(i));
        healthy &= touched.answer() instanceof KvAnswer.Written;
        json.raw(separator);
        put(json, group(groups.get(i).id()), touched);
        separator = ",";
      }
      json.raw("],\"healthy\":").raw(healthy ? "true}" : "false}");
      Answers.write(response, healthy ? 200 : 503, Answers.JSON, json);
    }
  }

  private record Touched(KvAnswer answer, long nanos) {}

  private static void put(JsonBytes json, GroupView group, Touched touched) {
    boolean ok = touched.answer() instanceof KvAnswer.Written;
    json.raw("{\"group\":").string(group.name());
    json.raw(ok ? ",\"ok\":true" : ",\"ok\":false");
    json.raw(",\"leader\":");
    putNode(json, group.leader() == null ? 0 : group.leader().node());
    json.raw(",\"term\":").number(touched.answer().term());
    json.raw(",\"micros\":").number(TimeUnit.NANOSECONDS.toMicros(touched.nanos()));
    json.raw(",\"message\":");
    if (touched.answer() instanceof KvAnswer.Failed failed) {
      json.string(failed.message()).raw("}");
    } else {
      json.raw("null}");
    }
  }

  /** Has a group's leader hand over to its best follower. */
  @PostMapping("/api/step-down")
  void stepDown(HttpServletRequest request, HttpServletResponse response) throws IOException {
    SameOrigin.check(request);
    String name = fields(request, Set.of("group")).require("group");
    GroupView group =
        Await.answer(service.probeLeaders()).stream()
            .filter(view -> view.name().equals(name))
            .findFirst()
            .orElseThrow(() -> ApiException.notHere("there is no group " + printable(name)));
    if (group.leader() == null) {
      throw ApiException.conflict(name + " has no leader that could hand over");
    }
    int node = group.leader().node();
    Optional<TransferLeadershipReply> reply =
        Await.answer(admin.handOver(node, address(group, node), group.id()));
    Optional<TransferLeadershipReply.Transfer> transfer =
        reply.flatMap(all -> all.getTransfersList().stream().findFirst());
    boolean done = transfer.map(TransferLeadershipReply.Transfer::getDone).orElse(false);
    int leader = transfer.map(TransferLeadershipReply.Transfer::getLeader).orElse(0);
    String message =
        done
            ? "n" + node + " handed " + name + " over to n" + leader
            : transfer
                .map(TransferLeadershipReply.Transfer::getMessage)
                .filter(text -> !text.isBlank())
                .orElse("n" + node + " gave no answer in time; it may still hand over");
    watch.tell("step-down", done ? Severity.INFO : Severity.WARN, name, "n" + node, message);
    JsonBytes json = new JsonBytes(256);
    json.raw("{\"group\":").string(name);
    json.raw(done ? ",\"done\":true" : ",\"done\":false");
    json.raw(",\"leader\":");
    putNode(json, leader);
    json.raw(",\"message\":").string(message).raw("}");
    Answers.write(response, done ? 200 : 503, Answers.JSON, json);
  }

  /** Hurts a node of a cluster on this machine, where somebody gave leave to. */
  @PostMapping("/api/chaos")
  void chaos(HttpServletRequest request, HttpServletResponse response) throws IOException {
    LocalNodes nodes = localNodes;
    if (nodes == null) {
      throw ApiException.notHere("started without --enable-chaos, this balancer hurts no nodes");
    }
    SameOrigin.check(request);
    JsonFields fields = fields(request, Set.of("action", "node"));
    LocalNodes.Action action =
        LocalNodes.Action.parse(fields.require("action"))
            .orElseThrow(() ->
                ApiException.badRequest(
                    "action must be kill, pause, resume, restart, partition or heal"));
    String node = fields.require("node");
    String message;
    try {
      message = nodes.act(action, node);
    } catch (LocalNodes.RefusedException e) {
      throw ApiException.conflict(String.valueOf(e.getMessage()));
    }
    watch.tell("chaos", Severity.WARN, null, node, message);
    JsonBytes json = new JsonBytes(256);
    json.raw("{\"node\":").string(node);
    json.raw(",\"action\":").string(action.text());
    json.raw(",\"message\":").string(message).raw("}");
    Answers.write(response, 200, Answers.JSON, json);
  }

  private static JsonFields fields(HttpServletRequest request, Set<String> known)
      throws IOException {
    return JsonFields.parse(Bodies.read(request, MOST_BODY_BYTES), known);
  }

  private GroupView group(int id) {
    return service.groups().stream()
        .filter(view -> view.id() == id)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("slots of a group that is not there: " + id));
  }

  private static String address(GroupView group, int node) {
    return group.members().stream()
        .filter(member -> member.node() == node)
        .map(GroupView.Member::address)
        .findFirst()
        .orElse("");
  }

  private static void putNode(JsonBytes json, int node) {
    if (node == 0) {
      json.raw("null");
    } else {
      json.string("n" + node);
    }
  }

  private static String printable(String name) {
    return name.length() > 40 ? name.substring(0, 40) + "..." : name;
  }
}
