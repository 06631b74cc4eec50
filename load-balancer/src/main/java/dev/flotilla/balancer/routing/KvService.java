package dev.flotilla.balancer.routing;

import dev.flotilla.balancer.ring.SlotTable;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The database as a front door sees it. Thread-safe, never blocks; futures complete normally,
 * always.
 */
public interface KvService {
  /** Carries out one operation. Completes by the deadline or a little after. */
  CompletableFuture<KvAnswer> execute(KvRequest request, CallOptions options);

  /** Asks every group's leader for a sign of life. In the order of group ids. */
  CompletableFuture<List<GroupView>> probeLeaders();

  /** What is known of the groups without asking. In the order of group ids. */
  List<GroupView> groups();

  /** The table in force. */
  SlotTable slots();
}
