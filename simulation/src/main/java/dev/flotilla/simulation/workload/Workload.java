package dev.flotilla.simulation.workload;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.history.History;
import dev.flotilla.history.Recorder;
import dev.flotilla.simulation.check.Invariants;
import dev.flotilla.simulation.check.Marks;
import dev.flotilla.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** All clients of a run, and what they saw. */
public final class Workload {
  private static final int LAST_LOOK_WORKERS = 1;

  private final World world;
  private final WorkloadPlan plan;
  private final Recorder recorder;
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final Recorder.Worker lastLook;
  private int looksLeft;
  private String looking = "at nothing";

  /**
   * @param leases whether reads by lease are switched on
   */
  public Workload(
      World world, WorkloadPlan plan, boolean leases, Invariants invariants, Marks marks) {
    this.world = world;
    this.plan = plan;
    this.recorder =
        new Recorder(
            () -> world.timeline().nowNanos(),
            new Recorder.Bounds(plan.clients() + LAST_LOOK_WORKERS, 400));
    Operations operations = new Operations(plan, recorder, leases);
    ReadsCheck reads = new ReadsCheck(invariants::report);
    for (int i = 0; i < plan.clients(); i++) {
      clients.add(
          new SimulatedClient(
              world,
              marks,
              plan,
              operations,
              recorder.worker(),
              reads,
              new SplittableRandom(world.dice().roll(9_000 + i, 0))));
    }
    this.lastLook = recorder.worker();
  }

  public void start() {
    clients.forEach(SimulatedClient::start);
  }

  /** Clients finish what they are at, and begin nothing new. */
  public void stop() {
    clients.forEach(SimulatedClient::stop);
  }

  public boolean isIdle() {
    return clients.stream().noneMatch(SimulatedClient::isBusy);
  }

  /** Reads every key once more, one after the other. */
  public void lastLook() {
    looksLeft = plan.keys();
    look(0);
  }

  /** Whether every key was read again. */
  public boolean hasLooked() {
    return looksLeft == 0;
  }

  /** What the last look is at, for whoever wonders why it does not end. */
  public String whatIsLookedAt() {
    return looking;
  }

  private void look(int number) {
    if (number >= plan.keys() || recorder.room(Operations.key(number)) <= 0) {
      return;
    }
    Operations.Drawn drawn = Operations.read(Operations.key(number));
    Recorder.Pending pending = lastLook.begin(drawn.key(), drawn.action());
    looking = "%s since %d ns".formatted(drawn.key(), world.timeline().nowNanos());
    world
        .balancers()
        .getFirst()
        .router()
        .execute(drawn.request(), CallOptions.DEFAULT)
        .thenAccept(answer -> {
          if (answer instanceof KvAnswer.Failed) {
            looking = drawn.key() + ", after " + answer;
            pending.refused();
            world.timeline().after(400_000_000L, () -> look(number));
          } else {
            pending.ok(Operations.answer(answer));
            looksLeft--;
            look(number + 1);
          }
        });
  }

  public History history() {
    return recorder.history();
  }
}
