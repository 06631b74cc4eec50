package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeClient;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.Get;
import dev.flotilla.proto.kv.v1.Put;
import dev.flotilla.proto.kv.v1.Query;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A node asked by itself, past the balancer, which would go and find another one. Who is not among
 * the majority must neither take a write nor answer a read.
 */
final class OwnDoor {
  private static final int GROUP = 1;
  private static final int TIMEOUT_MILLIS = 2_000;

  private OwnDoor() {}

  /**
   * @return how the node refused, in a few words
   * @throws AssertionError when it did not
   */
  static String refuses(FaultedCluster cluster, int node) {
    ByteString key = ByteString.copyFromUtf8("asked-in-the-minority");
    try (Network network = new Network(1);
        NodeClient client =
            new NodeClient(
                cluster.grpcAddress(node), NodeClient.Options.of(FaultedCluster.NAME), network)) {
      Reply written =
          answer(
              client.command(
                  GROUP,
                  Command.newBuilder()
                      .setPut(Put.newBuilder().setKey(key).setValue(key))
                      .build()
                      .toByteString(),
                  TIMEOUT_MILLIS));
      Reply read =
          answer(
              client.query(
                  GROUP,
                  Query.newBuilder().setGet(Get.newBuilder().setKey(key)).build().toByteString(),
                  ReadConsistency.READ_CONSISTENCY_LINEARIZABLE,
                  TIMEOUT_MILLIS));
      assertThat(written.getOutcome())
          .as("a write at n" + node + ": " + written)
          .isNotEqualTo(Outcome.OUTCOME_APPLIED);
      assertThat(read.getOutcome())
          .as("a read at n" + node + ": " + read)
          .isNotEqualTo(Outcome.OUTCOME_APPLIED);
      return "n" + node + " itself: write " + text(written) + ", read " + text(read);
    }
  }

  private static Reply answer(Future<Reply> reply) {
    try {
      return reply.get(10L * TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String text(Reply reply) {
    return reply.getError().name().replace("ERROR_CODE_", "").toLowerCase(java.util.Locale.ROOT);
  }
}
