package dev.flotilla.bench.compare.lineup;

import dev.flotilla.bench.compare.etcd.EtcdDoors;
import dev.flotilla.bench.compare.flotilla.FlotillaDoors;
import dev.flotilla.bench.compare.lineup.Contestant.Kind;
import dev.flotilla.bench.compare.lineup.Contestant.Shape;
import dev.flotilla.bench.compare.redis.RedisDoors;
import dev.flotilla.bench.compare.server.EtcdStarter;
import dev.flotilla.bench.compare.server.FlotillaStarter;
import dev.flotilla.bench.compare.server.RedisStarter;
import dev.flotilla.bench.compare.server.RivalStarter;
import java.util.List;

/** Who is measured, and how: one table, so that a system or a shape more is a line more. */
public final class Lineup {

  /** Three nodes, one group. */
  public static final String FLOTILLA = "flotilla";

  /** Nine nodes, three groups. */
  public static final String FLOTILLA_3 = "flotilla-3";

  public static final String ETCD = "etcd";
  public static final String RHEAKV = "rheakv";
  public static final String RATIS = "ratis";
  public static final String REDIS = "redis";

  private static final List<Shape> FLOTILLA_SHAPES =
      List.of(
          new Shape(FlotillaDoors.STREAM, "native stream, shared", Kind.BATCHED),
          new Shape(FlotillaDoors.STREAM_SEPARATE, "native stream, a client each", Kind.UNBATCHED),
          new Shape(FlotillaDoors.FORM, "form HTTP through the balancer", Kind.HTTP));

  private static final List<Contestant> ALL =
      List.of(
          new Contestant(
              FLOTILLA,
              "Flotilla, 1 group",
              "three nodes in one group, and the balancer; a process each",
              "",
              new FlotillaStarter(1),
              FlotillaDoors.class.getName(),
              FLOTILLA_SHAPES),
          new Contestant(
              FLOTILLA_3,
              "Flotilla, 3 groups",
              "nine nodes in three groups, and the balancer; a process each",
              "",
              new FlotillaStarter(3),
              FlotillaDoors.class.getName(),
              FLOTILLA_SHAPES),
          new Contestant(
              ETCD,
              "etcd",
              "three members as shipped, but for the size of the store (8 GiB); clients go to the leader",
              "",
              new EtcdStarter(),
              EtcdDoors.class.getName(),
              List.of(
                  new Shape(EtcdDoors.SHARED, "gRPC, one connection", Kind.BATCHED),
                  new Shape(EtcdDoors.SEPARATE, "gRPC, a connection each", Kind.UNBATCHED),
                  new Shape(EtcdDoors.JSON, "JSON gateway, a connection each", Kind.HTTP))),
          new Contestant(
              RHEAKV,
              "RheaKV (SOFAJRaft)",
              "three servers; the log, term and vote synced (`sync`, `syncMeta`), the store not: RheaKV deletes it at"
                  + " each start and builds it from the log; reads `ReadOnlySafe`; statistics off",
              "",
              new RivalStarter(
                  "rheakv",
                  "dev.flotilla.bench.compare.rheakv.RheaKvServer",
                  "jraft-rheakv-core",
                  210),
              "dev.flotilla.bench.compare.rheakv.RheaKvDoors",
              List.of(
                  new Shape("batched", "one client that batches", Kind.BATCHED),
                  new Shape("unbatched", "one client, batching off", Kind.UNBATCHED),
                  new Shape("separate", "a client each, batching off", Kind.UNBATCHED))),
          new Contestant(
              RATIS,
              "Ratis, a map in memory",
              "three servers with a map as the state machine; the segmented log synced as shipped; reads `LINEARIZABLE`;"
                  + " election timeout 1 to 2 s instead of 150 to 300 ms, which two cores under load do not keep",
              "Ratis answers a read without asking anybody when a majority has confirmed the leader once since the last"
                  + " write was committed (`ReadIndexHeartbeats` in its sources). Where nobody writes, as in the reads"
                  + " above, its reads therefore cost no round, and a leader that was replaced without knowing it would"
                  + " answer with old values. It is not the promise of the others; compare with care.",
              new RivalStarter(
                  "ratis", "dev.flotilla.bench.compare.ratis.RatisServer", "ratis-server", 220),
              "dev.flotilla.bench.compare.ratis.RatisDoors",
              List.of(
                  new Shape("one-client", "one client", Kind.BATCHED),
                  new Shape("separate", "a client each", Kind.UNBATCHED))),
          new Contestant(
              REDIS,
              "Redis, not replicated",
              "one process, `appendonly yes`, `appendfsync always`, no snapshots: no replica, no quorum, so a"
                  + " line that replication does not reach",
              "",
              new RedisStarter(),
              RedisDoors.class.getName(),
              List.of(new Shape(RedisDoors.RESP, "RESP, a connection each", Kind.UNBATCHED))));

  private Lineup() {}

  /** Whether a system is Flotilla. */
  public static boolean isOurs(String name) {
    return name.equals(FLOTILLA) || name.equals(FLOTILLA_3);
  }

  /**
   * Which Flotilla a system is compared with: one group with what replicates one log, three groups
   * with what does not replicate. Empty for Flotilla itself.
   */
  public static String rivalOf(String name) {
    if (isOurs(name)) {
      return "";
    }
    return name.equals(REDIS) ? FLOTILLA_3 : FLOTILLA;
  }

  /** Everybody, Flotilla first. */
  public static List<Contestant> all() {
    return ALL;
  }
}
