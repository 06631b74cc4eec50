package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.launcher.members.AdminClient;
import dev.flotilla.launcher.members.Directory;
import dev.flotilla.launcher.members.MemberChange;
import dev.flotilla.launcher.members.MemberChange.End;
import dev.flotilla.launcher.members.MemberChange.Wanted;
import dev.flotilla.launcher.terminal.Terminal;
import dev.flotilla.proto.admin.v1.AddMember;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeStage;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code flotilla members} from the outside: arguments in, exit code and text out. */
@Timeout(60)
class MembersCommandTest {
  @TempDir Path temp;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final FakeAdmin nodes = new FakeAdmin();
  private Path file;

  @BeforeEach
  void start() throws IOException {
    StringBuilder text =
        new StringBuilder("cluster: c\ngroups:\n  - {name: g1, nodes: [n1, n2, n3]}\nnodes:\n");
    for (int node = 1; node <= 4; node++) {
      nodes.start(node);
      text.append(
          "  - {name: n%d, grpc: \"%s\", http: \"127.0.0.1:%d\"%s}\n"
              .formatted(node, nodes.address(node), node, node == 4 ? ", join: [g1]" : ""));
    }
    file = Files.writeString(temp.resolve("c.yaml"), text);
    nodes.lead(2, 5);
    nodes.members(List.of(1, 2, 3), List.of());
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  private int run(String... arguments) {
    CommandLine commands =
        CommandTree.of(new Terminal(new PrintStream(out), new PrintStream(err), false, false));
    commands.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    commands.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    List<String> all = new ArrayList<>(List.of("members"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--config", file.toString()));
    return commands.execute(all.toArray(String[]::new));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static ChangeMembersProgress step(ChangeStage stage, String message) {
    return ChangeMembersProgress.newBuilder().setStage(stage).setMessage(message).build();
  }

  private static void end(
      StreamObserver<ChangeMembersProgress> progress, ChangeMembersProgress last) {
    progress.onNext(last);
    progress.onCompleted();
  }

  @Test
  void membersAreListedWithTheirPart() {
    nodes.members(List.of(1, 2, 3), List.of(4));
    assertThat(run()).isEqualTo(ExitCode.DONE);
    assertThat(out()).contains("g1     n1    voter", "g1     n2    leader", "g1     n4    learner");
    assertThat(run("list", "g1")).isEqualTo(ExitCode.DONE);
    assertThat(run("g1", "-o", "json")).isEqualTo(ExitCode.DONE);
    assertThat(out()).contains("{\"node\":\"n4\",\"id\":4,\"part\":\"learner\"");
  }

  @Test
  void aGroupWithoutALeaderIsFive() {
    nodes.lead(0, 5);
    assertThat(run()).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(out()).contains("Without a leader: g1");
  }

  @Test
  void aNewcomerIsLetInStepByStep() {
    nodes.onChange((node, progress) -> {
      assertThat(node).isEqualTo(2);
      progress.onNext(step(ChangeStage.CHANGE_STAGE_ADDING_LEARNER, "node 4 becomes a learner"));
      progress.onNext(
          step(ChangeStage.CHANGE_STAGE_CATCHING_UP, "").toBuilder()
              .setMatchIndex(10)
              .setLastIndex(50)
              .build());
      nodes.members(List.of(1, 2, 3, 4), List.of());
      end(progress, step(ChangeStage.CHANGE_STAGE_DONE, "done"));
    });
    assertThat(run("add", "g1", "n4")).isEqualTo(ExitCode.DONE);
    assertThat(out())
        .containsSubsequence(
            "g1: n4 becomes a learner",
            "g1: n4 catches up with the leader's log: 10 of 50",
            "Done. The voters of g1 are n1 n2 n3 n4.",
            "4 voters outlive the loss of 1, no more than 3 would");
    assertThat(nodes.changes.getFirst().getAdd())
        .isEqualTo(AddMember.newBuilder().setNode(4).setAddress(nodes.address(4)).build());
  }

  @Test
  void whenLeadershipMovesTheNextLeaderIsAskedForTheSame() {
    nodes.onChange((node, progress) -> {
      if (node == 2) {
        nodes.lead(3, 6);
        end(progress, step(ChangeStage.CHANGE_STAGE_UNKNOWN, "leadership was lost"));
      } else {
        nodes.members(List.of(1, 2), List.of());
        end(progress, step(ChangeStage.CHANGE_STAGE_DONE, "done"));
      }
    });
    assertThat(run("remove", "g1", "n3")).isEqualTo(ExitCode.DONE);
    assertThat(nodes.changes).hasSize(2);
    assertThat(nodes.changes.get(1)).isEqualTo(nodes.changes.get(0));
  }

  @Test
  void whenTheLeaderDiesAndTheNextFinishedTheChangeItIsDone() {
    nodes.onChange((node, progress) -> {
      nodes.lead(1, 6);
      nodes.members(List.of(1, 2, 4), List.of());
      progress.onError(Status.UNAVAILABLE.asRuntimeException());
    });
    assertThat(run("replace", "g1", "n3", "n4")).isEqualTo(ExitCode.DONE);
    assertThat(nodes.changes).hasSize(1);
    assertThat(out()).contains("are n1 n2 n4.");
  }

  @Test
  void aNodeThatNoLongerLeadsSendsUsOn() {
    nodes.onChange((node, progress) -> {
      if (node == 2) {
        nodes.lead(1, 6);
        end(
            progress,
            step(ChangeStage.CHANGE_STAGE_NOT_APPLIED, "not the leader").toBuilder()
                .setLeader(1)
                .build());
      } else {
        nodes.members(List.of(1, 2), List.of());
        end(progress, step(ChangeStage.CHANGE_STAGE_DONE, "done"));
      }
    });
    assertThat(run("remove", "g1", "n3", "-o", "json")).isEqualTo(ExitCode.DONE);
    assertThat(out())
        .contains(
            "{\"group\":\"g1\",\"stage\":\"done\",\"voters\":[\"n1\",\"n2\"],\"learners\":[]}");
  }

  @Test
  void aRefusalIsOneAndSaysWhy() {
    nodes.onChange((node, progress) ->
        end(progress, step(ChangeStage.CHANGE_STAGE_NOT_APPLIED, "Another change is under way.")));
    assertThat(run("remove", "g1", "n3")).isEqualTo(ExitCode.FAILED);
    assertThat(err()).contains("g1: Another change is under way. Its members are as they were.");
  }

  @Test
  void aNewcomerThatIsNotThereIsNotWaitedFor() {
    nodes.stop(4);
    assertThat(run("add", "g1", "n4")).isEqualTo(ExitCode.FAILED);
    assertThat(err()).contains("n4 does not answer", "flotilla node n4 --join g1 --config " + file);
    assertThat(run("add", "g1", "n9", "--address", nodes.address(3))).isEqualTo(ExitCode.FAILED);
    assertThat(err()).contains("is n3, not n9");
    assertThat(nodes.changes).isEmpty();
  }

  @Test
  void whatCanBeSeenToBeWrongIsRefusedHere() {
    assertThat(run("remove", "g1", "n4")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(err()).contains("n4 is no member of g1.", "Its members are n1 n2 n3.");
    assertThat(run("remove", "g9", "n1")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run("remove", "g1", "spare")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run("add", "g1", "n9")).isEqualTo(ExitCode.USAGE);
    assertThat(run("add", "g1", "n9", "--address", "nowhere")).isEqualTo(ExitCode.USAGE);
    assertThat(run("add", "g1", "n4", "--timeout", "soon")).isEqualTo(ExitCode.USAGE);
    assertThat(run("add", "g1")).isEqualTo(ExitCode.USAGE);
    assertThat(nodes.changes).isEmpty();
  }

  @Test
  void aGroupNobodyLeadsIsGivenUp() throws Exception {
    nodes.lead(0, 5);
    ClusterConfig cluster = ClusterConfigReader.read(file, Overrides.none());
    try (AdminClient admin = new AdminClient()) {
      MemberChange change =
          new MemberChange(new Directory(cluster, admin), admin, Duration.ofMillis(300));
      assertThat(change.run(new Wanted(1, 0, "", 3), Duration.ofSeconds(5), step -> {}))
          .isEqualTo(new End.Unknown("nobody leads the group"));
    }
  }
}
