package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster as its balancer sees it ({@code GET /api/status}): groups and leaders, no more of the
 * nodes than their names.
 */
record BalancerStatus(List<Group> groups) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * @param leader the leader's name; empty when the balancer knows none
   * @param address the leader's gRPC address
   */
  record Group(
      String name, String leader, String address, long term, long slots, List<String> members) {}

  static BalancerStatus read(String body) {
    JsonNode document;
    try {
      document = JSON.readTree(body);
    } catch (JacksonException e) {
      throw new Failure(
          ExitCode.FAILED, "The answer is not a balancer's status.", "Check the URL.", e);
    }
    List<Group> groups = new ArrayList<>();
    for (JsonNode group : document.path("groups")) {
      List<String> members = new ArrayList<>();
      group.path("members").forEach(member -> members.add(member.path("node").asString("?")));
      groups.add(
          new Group(
              group.path("name").asString("?"),
              group.path("leaderNode").asString(""),
              group.path("leader").asString(""),
              group.path("term").asLong(0),
              group.path("slots").asLong(0),
              members));
    }
    return new BalancerStatus(groups);
  }

  List<String> leaderless() {
    return groups.stream().filter(group -> group.leader().isEmpty()).map(Group::name).toList();
  }

  Table table(Terminal terminal) {
    Table table =
        new Table()
            .column("GROUP", Align.LEFT)
            .column("LEADER", Align.LEFT)
            .column("ADDRESS", Align.LEFT)
            .column("TERM", Align.RIGHT)
            .column("SLOTS", Align.RIGHT)
            .column("MEMBERS", Align.LEFT);
    for (Group group : groups) {
      table.row(
          Cell.of(group.name()),
          group.leader().isEmpty()
              ? new Cell("none", terminal::red)
              : new Cell(group.leader(), terminal::green),
          Cell.of(group.address()),
          Cell.of(group.term()),
          Cell.of(group.slots()),
          Cell.of(String.join(" ", group.members())));
    }
    return table;
  }
}
