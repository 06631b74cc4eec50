package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.HostPort;
import dev.flotilla.launcher.members.AdminClient;
import dev.flotilla.launcher.members.Directory;
import dev.flotilla.launcher.members.GroupMembers;
import dev.flotilla.launcher.members.MemberChange;
import dev.flotilla.launcher.members.MemberChange.End;
import dev.flotilla.launcher.members.MemberChange.Wanted;
import dev.flotilla.launcher.terminal.Terminal;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeStage;
import dev.flotilla.proto.admin.v1.NodeStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One change of members at the terminal: what can be seen to be wrong beforehand, steps, end. */
final class MemberChangeRun {
  /** A group that has lost its leader has another within a second or two, or none for long. */
  private static final Duration LEADER_PATIENCE = Duration.ofSeconds(10);

  private static final Pattern NUMBER = Pattern.compile("(\\d{1,5})$");

  private final Terminal terminal;
  private final ClusterOptions options;
  private final ClusterConfig cluster;
  private final ClusterConfig.Group group;
  private Wanted wanted = new Wanted(0, 0, "", 0);
  private ChangeStage shown = ChangeStage.CHANGE_STAGE_UNSPECIFIED;

  MemberChangeRun(Terminal terminal, ClusterOptions options, String group) {
    this.terminal = terminal;
    this.options = options;
    this.cluster = options.cluster();
    this.group = ClusterOptions.group(cluster, group);
  }

  /** A node by its name in the cluster file, or by the number its name ends with. */
  int node(String name) {
    Optional<ClusterConfig.Node> known = cluster.node(name);
    if (known.isPresent()) {
      return known.get().id();
    }
    Matcher number = NUMBER.matcher(name);
    int id = number.find() ? Integer.parseInt(number.group(1)) : 0;
    if (id < 1 || id > 65_535) {
      throw new Failure(
          ExitCode.NOT_FOUND,
          "The cluster file has no node " + name + ", and its name ends with no number.",
          "Name a node as in n10.");
    }
    return id;
  }

  /** Where a newcomer is: as told, or as the cluster file says. */
  String address(String name, @Nullable String told) {
    if (told != null) {
      return HostPort.parse(told)
          .filter(address -> !address.isWildcard())
          .map(HostPort::toString)
          .orElseThrow(() ->
              new Failure(
                  ExitCode.USAGE,
                  "--address: expected host:port of the node's gRPC server, found " + told,
                  ""));
    }
    return cluster
        .node(name)
        .map(node -> node.grpc().advertise().toString())
        .orElseThrow(() ->
            new Failure(
                ExitCode.USAGE,
                "The cluster file does not say where " + name + " is.",
                "Start it with: flotilla node "
                    + name
                    + " --join "
                    + group.name()
                    + options.arguments()
                    + ", or name its gRPC address with --address HOST:PORT."));
  }

  int run(int newcomer, String address, int leaving, Duration catchUp) throws InterruptedException {
    wanted = new Wanted(group.id(), newcomer, address, leaving);
    try (AdminClient admin = new AdminClient()) {
      Directory directory = new Directory(cluster, admin);
      Optional<GroupMembers> before = directory.members(group.id());
      if (newcomer != 0) {
        requireThere(directory, admin, newcomer, address);
      }
      if (leaving != 0 && before.isPresent()) {
        requireMember(directory, before.get(), newcomer, leaving);
      }
      End end =
          new MemberChange(directory, admin, LEADER_PATIENCE)
              .run(wanted, catchUp, step -> show(directory, step));
      return tell(directory, end);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), "", e);
    }
  }

  /** A newcomer that is not there would be waited for in vain. */
  private void requireThere(Directory directory, AdminClient admin, int node, String address) {
    String name = directory.nameOf(node);
    String start = "flotilla node " + name + " --join " + group.name() + options.arguments();
    NodeStatus status = admin.statuses(List.of(address)).get(address);
    if (status == null) {
      throw new Failure(
          ExitCode.FAILED,
          name + " does not answer at " + address + ".",
          "Start it first: " + start);
    }
    if (status.getNode() != node) {
      throw new Failure(
          ExitCode.FAILED,
          "At " + address + " is " + status.getName() + ", not " + name + ".",
          "Check the address.");
    }
    if (status.getReplicasList().stream().noneMatch(r -> r.getGroup() == group.id())) {
      throw new Failure(
          ExitCode.FAILED,
          name + " runs, but hosts nothing of " + group.name() + ".",
          "Stop it and start it with: " + start);
    }
  }

  private void requireMember(Directory directory, GroupMembers members, int newcomer, int leaving) {
    // Of a replacement that broke off half-way the first half may be done.
    boolean wasReplaced = newcomer != 0 && members.isVoter(newcomer);
    if (!members.contains(leaving) && !wasReplaced) {
      throw new Failure(
          ExitCode.NOT_FOUND,
          directory.nameOf(leaving) + " is no member of " + group.name() + ".",
          "Its members are "
              + names(directory, members.members().stream().map(GroupMembers.Member::node).toList())
              + ".");
    }
  }

  private void show(Directory directory, ChangeMembersProgress step) {
    if (options.output().json()) {
      terminal.line(OutputOption.toJson(document(directory, step)));
      return;
    }
    String text = group.name() + ": " + inWords(directory, step);
    if (step.getStage() == shown) {
      terminal.progress(text);
    } else {
      shown = step.getStage();
      terminal.line(text);
    }
  }

  private String inWords(Directory directory, ChangeMembersProgress step) {
    String newcomer = directory.nameOf(wanted.newcomer());
    return switch (step.getStage()) {
      case CHANGE_STAGE_ADDING_LEARNER -> newcomer + " becomes a learner";
      case CHANGE_STAGE_CATCHING_UP ->
          newcomer
              + " catches up with the leader's log: "
              + step.getMatchIndex()
              + " of "
              + step.getLastIndex();
      case CHANGE_STAGE_CHANGING_VOTERS -> "the voters change";
      case CHANGE_STAGE_DONE,
          CHANGE_STAGE_NOT_APPLIED,
          CHANGE_STAGE_UNKNOWN,
          CHANGE_STAGE_UNSPECIFIED,
          UNRECOGNIZED ->
          step.getMessage();
    };
  }

  private Map<String, @Nullable Object> document(Directory directory, ChangeMembersProgress step) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("group", group.name());
    document.put("stage", stage(step.getStage()));
    document.put("message", inWords(directory, step));
    if (step.getLastIndex() > 0) {
      document.put("matchIndex", step.getMatchIndex());
      document.put("lastIndex", step.getLastIndex());
    }
    if (step.getVotersCount() > 0) {
      document.put("voters", step.getVotersList().stream().map(directory::nameOf).toList());
      document.put("learners", step.getLearnersList().stream().map(directory::nameOf).toList());
    }
    return document;
  }

  private static String stage(ChangeStage stage) {
    String name = stage.name();
    return name.substring("CHANGE_STAGE_".length()).toLowerCase(Locale.ROOT);
  }

  private int tell(Directory directory, End end) {
    return switch (end) {
      case End.Done done -> {
        done(directory, done.members());
        yield ExitCode.DONE;
      }
      case End.Refused refused ->
          throw new Failure(
              ExitCode.FAILED,
              group.name() + ": " + sentence(refused.why()) + " Its members are as they were.",
              "See: flotilla members " + group.name() + options.arguments());
      case End.Unknown unknown ->
          throw new Failure(
              ExitCode.NO_QUORUM,
              group.name() + ": " + unknown.why() + ".",
              "See flotilla members "
                  + group.name()
                  + options.arguments()
                  + "; the same command again goes on where this one stopped.");
    };
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }

  private void done(Directory directory, GroupMembers members) {
    if (options.output().json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("group", group.name());
      document.put("stage", "done");
      document.put("voters", members.voters().stream().map(directory::nameOf).toList());
      document.put("learners", members.learners().stream().map(directory::nameOf).toList());
      terminal.line(OutputOption.toJson(document));
      return;
    }
    int voters = members.voters().size();
    terminal.line(
        terminal.green("Done.")
            + " The voters of "
            + group.name()
            + " are "
            + names(directory, members.voters())
            + ".");
    if (voters % 2 == 0) {
      terminal.line(
          terminal.dim(
              voters
                  + " voters outlive the loss of "
                  + (voters - 1) / 2
                  + ", no more than "
                  + (voters - 1)
                  + " would: add another, or remove one."));
    }
  }

  private static String names(Directory directory, Collection<Integer> nodes) {
    return nodes.stream().sorted().map(directory::nameOf).collect(Collectors.joining(" "));
  }
}
