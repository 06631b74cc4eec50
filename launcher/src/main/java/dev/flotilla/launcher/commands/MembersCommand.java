package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.members.AdminClient;
import dev.flotilla.launcher.members.Directory;
import dev.flotilla.launcher.members.GroupMembers;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import dev.flotilla.proto.admin.v1.NodeStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla members} and {@code flotilla members list}: who belongs to which group. */
@Command(
    name = "members",
    description = {
      "Shows who belongs to a group, or to every group, and changes it.",
      "",
      "A member votes, or learns: a newcomer is a learner until it holds what the leader holds, and",
      "a voter from then on. Changes go one at a time, through the group's log, while clients read",
      "and write; a change that breaks off leaves the old members or the new, never a mixture.",
      "Exit code 5 when a group has no leader."
    },
    commandListHeading = "%nTo change them:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla members                      of every group",
      "  flotilla members g1                   of one",
      "  flotilla node n10 --join g1           starts a newcomer; it waits to be let in",
      "  flotilla members add g1 n10           lets it in",
      "  flotilla members replace g1 n3 n10    the same, and n3 goes",
      "  flotilla members remove g1 n3         n3 goes; its process may be stopped afterwards"
    })
public final class MembersCommand implements Callable<Integer> {
  @Mixin private ClusterOptions options = new ClusterOptions();

  @Parameters(paramLabel = "GROUP", arity = "0..1", description = "As in g1. Default: all groups.")
  private @Nullable String group;

  private final Terminal terminal;

  private MembersCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command with those below it. */
  static CommandLine commandLine(Terminal terminal) {
    CommandLine members = new CommandLine(new MembersCommand(terminal));
    CommandLine list = new CommandLine(new MembersCommand(terminal));
    list.getCommandSpec().usageMessage().description("The same as flotilla members.");
    list.getCommandSpec().usageMessage().footerHeading("").footer();
    members.addSubcommand("list", list);
    members.addSubcommand(new MembersAddCommand(terminal));
    members.addSubcommand(new MembersRemoveCommand(terminal));
    members.addSubcommand(new MembersReplaceCommand(terminal));
    return members;
  }

  @Override
  public Integer call() {
    ClusterConfig cluster = options.cluster();
    String wanted = group;
    List<ClusterConfig.Group> groups =
        wanted == null ? cluster.groups() : List.of(ClusterOptions.group(cluster, wanted));
    Map<String, NodeStatus> answers;
    Directory directory;
    try (AdminClient admin = new AdminClient()) {
      directory = new Directory(cluster, admin);
      answers = directory.ask();
    }
    List<String> leaderless = new ArrayList<>();
    Map<ClusterConfig.Group, Optional<GroupMembers>> found = new LinkedHashMap<>();
    for (ClusterConfig.Group each : groups) {
      Optional<GroupMembers> members = GroupMembers.of(each.id(), answers);
      found.put(each, members);
      if (members.map(GroupMembers::leader).orElse(0) == 0) {
        leaderless.add(each.name());
      }
    }
    if (options.output().json()) {
      terminal.line(OutputOption.toJson(document(directory, found, leaderless)));
    } else {
      table(directory, found).lines(terminal::dim).forEach(terminal::line);
      if (!leaderless.isEmpty()) {
        terminal.line();
        terminal.line(terminal.red("Without a leader: " + String.join(", ", leaderless)));
      }
    }
    return leaderless.isEmpty() ? ExitCode.DONE : ExitCode.NO_QUORUM;
  }

  private Table table(Directory directory, Map<ClusterConfig.Group, Optional<GroupMembers>> found) {
    Table table =
        new Table()
            .column("GROUP", Align.LEFT)
            .column("NODE", Align.LEFT)
            .column("PART", Align.LEFT)
            .column("ADDRESS", Align.LEFT)
            .column("LAG", Align.RIGHT)
            .column("HEARD", Align.RIGHT);
    found.forEach((each, members) -> {
      if (members.isEmpty()) {
        table.row(
            Cell.of(each.name()),
            new Cell("nobody answers", terminal::red),
            Cell.of(""),
            Cell.of(""),
            Cell.of(""),
            Cell.of(""));
        return;
      }
      for (GroupMembers.Member member : members.get().members()) {
        table.row(
            Cell.of(each.name()),
            Cell.of(directory.nameOf(member.node())),
            part(members.get(), member),
            Cell.of(member.address()),
            Cell.of(member.lag() < 0 ? "" : Long.toString(member.lag())),
            Cell.of(heard(member)));
      }
    });
    return table;
  }

  private Cell part(GroupMembers members, GroupMembers.Member member) {
    String part = partOf(members, member);
    return switch (part) {
      case "leader" -> new Cell(part, terminal::green);
      case "voter" -> Cell.of(part);
      default -> new Cell(part, terminal::yellow);
    };
  }

  private static String partOf(GroupMembers members, GroupMembers.Member member) {
    if (member.node() == members.leader()) {
      return member.leaving() ? "leader, leaving" : "leader";
    }
    return member.leaving() ? "leaving" : member.voter() ? "voter" : "learner";
  }

  private static String heard(GroupMembers.Member member) {
    return member.sinceContactMillis() < 0 ? "" : member.sinceContactMillis() + " ms";
  }

  private static Map<String, @Nullable Object> document(
      Directory directory,
      Map<ClusterConfig.Group, Optional<GroupMembers>> found,
      List<String> leaderless) {
    List<Map<String, @Nullable Object>> groups = new ArrayList<>();
    found.forEach((each, members) -> {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("group", each.name());
      entry.put(
          "leader",
          members
              .filter(known -> known.leader() != 0)
              .map(known -> directory.nameOf(known.leader()))
              .orElse(null));
      entry.put("term", members.map(GroupMembers::term).orElse(null));
      entry.put("changing", members.map(known -> !known.settled()).orElse(null));
      entry.put(
          "members",
          members.map(GroupMembers::members).orElse(List.of()).stream()
              .map(member -> member(directory, members.orElseThrow(), member))
              .toList());
      groups.add(entry);
    });
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("groups", groups);
    document.put("groupsWithoutLeader", leaderless);
    return document;
  }

  private static Map<String, @Nullable Object> member(
      Directory directory, GroupMembers members, GroupMembers.Member member) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("node", directory.nameOf(member.node()));
    entry.put("id", member.node());
    entry.put("part", partOf(members, member));
    entry.put("address", member.address());
    entry.put("lag", member.lag() < 0 ? null : member.lag());
    entry.put(
        "sinceContactMillis", member.sinceContactMillis() < 0 ? null : member.sinceContactMillis());
    return entry;
  }
}
