package dev.flotilla.simulation.world;

import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.SeededStreams;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.log.BackgroundWork;
import dev.flotilla.raft.runtime.ClientChannel;
import dev.flotilla.raft.runtime.NodeAssembly;
import dev.flotilla.raft.runtime.NodeEnvironment;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.raft.transport.MembersAnswer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A machine: a disk and clocks that stay, and a node process that comes and goes. */
public final class Host {
  /** The duty that drives the cores. */
  public static final String LOOP = "loop";

  /** From its start to its end, a node process. */
  private record Life(
      int number,
      NodeAssembly assembly,
      NodePort port,
      TreeMap<Integer, StateMachine> machines,
      Duty loop,
      Duty applier,
      Duty snapshots) {}

  /** Why the last process ended by itself. */
  public record Exit(int code, String reason) {}

  private final World world;
  private final int id;
  private final SimulatedDisk disk = new SimulatedDisk();
  private final HostDisk diskFaults = new HostDisk(this);
  private final HostClock clock;
  private @Nullable Life life;
  private int lives;
  private long pausedUntilNanos;
  private @Nullable Exit exit;
  private boolean powerCut;
  private boolean storageFailed;
  private boolean roomLimited;
  private boolean impaired;

  private boolean lostDisk;

  Host(World world, int id, HostClock clock) {
    this.world = world;
    this.id = id;
    this.clock = clock;
    disk.setFaults(diskFaults);
    // A sector on its way to the platter may take with it what it held before.
    disk.setTearWholeSectors(false);
  }

  public int id() {
    return id;
  }

  /** The groups it has, or will have at its next start, a replica of. */
  public List<Integer> groups() {
    return world.groupsOf(id);
  }

  public boolean isUp() {
    return life != null;
  }

  /** The machine's monotonic clock. */
  public long nanoTime() {
    return clock.nanoTime();
  }

  /** How often the node was started. */
  public int lives() {
    return lives;
  }

  public SimulatedDisk disk() {
    return disk;
  }

  /** A replica as it is now; null when the node is down. */
  public @Nullable ReplicaView view(int group) {
    return life == null ? null : life.assembly().loop().view(group);
  }

  /** The state machine of a replica; null when the node is down. */
  public @Nullable StateMachine machine(int group) {
    return life == null ? null : life.machines().get(group);
  }

  public NodeAssembly assembly() {
    if (life == null) {
      throw new IllegalStateException("node " + id + " is down");
    }
    return life.assembly();
  }

  /** Why the last process ended, if by itself. */
  public @Nullable Exit exit() {
    return exit;
  }

  /** Whether faults of the disk explain that this life, or its beginning, failed. */
  public boolean storageExcuse() {
    return storageFailed || roomLimited;
  }

  /**
   * Whether faults have taken or changed what its disk held, and its groups have not yet let it in
   * anew.
   */
  public boolean isImpaired() {
    return impaired;
  }

  public void setImpaired(boolean now) {
    impaired = now;
  }

  /** Whether it was wiped. Such a node is not told again that its groups are new (H50). */
  public boolean hasLostDisk() {
    return lostDisk;
  }

  void storageFailed() {
    storageFailed = true;
  }

  World world() {
    return world;
  }

  long pausedUntilNanos() {
    return pausedUntilNanos;
  }

  long waitedNanos() {
    return clock.waitedNanos();
  }

  /** Does it when this life has waited for its disk, if it lives until then. */
  void afterWaiting(int number, Runnable action) {
    long waited = waitedNanos();
    if (waited == 0) {
      action.run();
      return;
    }
    world
        .timeline()
        .after(
            waited,
            () -> {
              if (isLiving(number)) {
                action.run();
              }
            });
  }

  void waitInside(long nanos) {
    clock.waitInside(nanos);
  }

  long takeWaitedNanos() {
    long waited = clock.waitedNanos();
    clock.endOfPass();
    return waited;
  }

  boolean isLiving(int number) {
    return life != null && life.number() == number && !powerCut;
  }

  Transport.@Nullable Receiver receiver() {
    return life == null ? null : life.port().receiver();
  }

  void submit(ClientChannel channel, RequestBatch batch) {
    if (life != null) {
      life.assembly().submit(channel, batch);
    }
  }

  /** What the real transport answers itself: who belongs to a group. */
  void answerMembers(ClientChannel channel, Request request) {
    if (life != null) {
      life.assembly()
          .statusOf(Set.of(request.getGroup()))
          .whenComplete((status, failure) -> {
            channel.reply(MembersAnswer.of(request, status));
            channel.flush();
          });
    }
  }

  // ---------------------------------------------------------------- faults

  /** Everything stands still, as under SIGSTOP. */
  public void pause(long nanos) {
    pausedUntilNanos = Math.max(pausedUntilNanos, world.timeline().nowNanos() + nanos);
  }

  public void jumpWallClock(long millis) {
    clock.jumpWall(millis);
  }

  public boolean isDiskSlow() {
    return diskFaults.isSlow();
  }

  public void setSyncNanos(long nanos) {
    diskFaults.setSyncNanos(nanos);
  }

  public void cutPowerAfter(int operations) {
    diskFaults.cutPowerAfter(operations);
  }

  public void failSyncAfter(int syncs) {
    diskFaults.failSyncAfter(syncs);
  }

  public void failReadAfter(int reads) {
    diskFaults.failReadAfter(reads);
  }

  /** So many bytes can still be written; negative = any. */
  public void setRoom(long bytes) {
    disk.setQuotaBytes(Long.MAX_VALUE);
    roomLimited = bytes >= 0;
    if (roomLimited) {
      long used = Long.MAX_VALUE - disk.usableBytes();
      disk.setQuotaBytes(used + bytes);
    }
  }

  /** No more faults from now on; a node that is down is started. */
  public void heal() {
    diskFaults.heal();
    setRoom(-1);
    pausedUntilNanos = Math.min(pausedUntilNanos, world.timeline().nowNanos());
    if (life == null) {
      start();
    } else {
      life.loop().wake();
      life.applier().wake();
      life.snapshots().wake();
    }
  }

  // ---------------------------------------------------------------- life

  /** Starts the node; when that fails for a reason faults explain, tries again later. */
  public void start() {
    if (life != null) {
      return;
    }
    int number = ++lives;
    powerCut = false;
    storageFailed = false;
    exit = null;
    NodePort port = new NodePort(world, this, number);
    TreeMap<Integer, StateMachine> machines = new TreeMap<>();
    NodeAssembly assembly;
    try {
      assembly =
          NodeAssembly.recover(
              world.settings().nodeOptions(id),
              new NodeEnvironment(
                  clock, disk, port, new SeededStreams(world.dice().roll(id, number) ^ lives)),
              world.settings().replicas(this, machines),
              (code, reason, cause) -> exit = new Exit(code, reason + ": " + cause),
              BackgroundWork.INLINE);
    } catch (HostDisk.PowerCut e) {
      clock.endOfPass();
      world.trace().note(id, "power cut while starting");
      startLater();
      return;
    } catch (IOException | RuntimeException e) {
      clock.endOfPass();
      world.watch().ended(this, "could not start: " + e);
      disk.kill();
      if (impaired && !storageExcuse()) {
        wipe(); // what the operator is told to do
      }
      startLater();
      return;
    }
    long from = world.timeline().nowNanos() + takeWaitedNanos();
    Duty loop = new Duty(this, LOOP, id * 10L + 1, from, assembly.loop()::pass);
    Duty applier = new Duty(this, "applier", id * 10L + 2, from, assembly.applier()::pass);
    Duty snapshots = new Duty(this, "snapshots", id * 10L + 3, from, assembly.snapshots()::pass);
    assembly.loop().onMail(loop::wake);
    assembly.applier().onWork(applier::wake);
    assembly.snapshots().onWork(snapshots::wake);
    life = new Life(number, assembly, port, machines, loop, applier, snapshots);
    world.trace().event(id, "start", number, 0, 0);
    look(() -> world.watch().started(this));
    port.start(assembly.receiver());
    world.connected(this);
    loop.wake();
    applier.wake();
    snapshots.wake();
  }

  private void startLater() {
    world.timeline().after(world.settings().restartNanos(), this::start);
  }

  /** The process is killed: what it wrote stays. */
  public void kill() {
    disk.kill();
    end("killed", true);
  }

  /**
   * The power goes: what was not synced is decided by chance.
   *
   * @param silently without a sign to those it was connected with
   */
  public void losePower(boolean silently) {
    crashDisk();
    end("power loss", !silently);
  }

  /** Nothing is left of what the machine stored. */
  public void wipe() {
    kill();
    setRoom(-1);
    impaired = true;
    lostDisk = true;
    look(this::deleteEverything);
    world.trace().event(id, "wipe", 0, 0, 0);
  }

  private void deleteEverything() {
    try {
      for (String name : disk.list("")) {
        disk.deleteRecursively(name);
      }
      disk.syncDirectory("");
    } catch (IOException e) {
      throw new IllegalStateException("wiping a simulated disk", e);
    }
  }

  /**
   * A bit of a file is not what it was.
   *
   * @param roll which file, byte and bit
   */
  public void flipBit(long roll) {
    // Rot in the last batch of a log that has just been written looks like a torn write.
    boolean sealed = life != null && life.assembly().loop().isLogSealed();
    kill();
    look(this::writeEverythingBack);
    List<Map.Entry<String, Long>> files =
        disk.files().entrySet().stream()
            .filter(file -> file.getValue() > 0)
            .filter(file -> sealed || !file.getKey().startsWith("wal/"))
            .toList();
    if (files.isEmpty()) {
      return;
    }
    Map.Entry<String, Long> file = files.get((int) Dice.below(roll, files.size()));
    long at = Dice.below(Dice.again(roll), file.getValue());
    impaired = true;
    try {
      disk.flipBit(file.getKey(), at, (int) Dice.below(roll >>> 7, 8));
    } catch (IOException e) {
      throw new IllegalStateException("damaging a simulated disk", e);
    }
    world.trace().event(id, "bit flipped in " + file.getKey(), at, file.getValue(), 0);
  }

  /** As any system does within seconds, and rot takes longer: the log's seal is on the disk too. */
  private void writeEverythingBack() {
    try {
      for (String path : disk.files().keySet()) {
        try (DiskFile file = disk.open(path, Disk.OpenMode.READ_WRITE)) {
          file.sync();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing back a simulated disk", e);
    }
  }

  private void crashDisk() {
    disk.crash(new SplittableRandom(world.dice().roll(id * 1_000L + 7, lives)));
  }

  void powerCutInside() {
    powerCut = true;
    crashDisk();
  }

  private void end(String how, boolean noticed) {
    Life ending = life;
    if (ending == null) {
      return;
    }
    life = null;
    ending.loop().end();
    ending.applier().end();
    ending.snapshots().end();
    world.trace().event(id, how, ending.number(), 0, 0);
    world.watch().ended(this, how);
    world.disconnected(this, noticed);
  }

  /** Calls a duty's pass, and looks at what it left. */
  long pass(String duty, LongSupplier pass) {
    long delay;
    try {
      delay = pass.getAsLong();
    } catch (HostDisk.PowerCut e) {
      delay = Long.MAX_VALUE;
    }
    if (powerCut) {
      exit = null; // whatever the node made of it
      end("power cut inside a pass", true);
      startLater();
      return Long.MAX_VALUE;
    }
    Exit exited = exit;
    if (exited != null) {
      disk.kill();
      end("exit " + exited.code() + ", " + exited.reason(), true);
      startLater();
      return Long.MAX_VALUE;
    }
    look(() -> world.watch().passed(this, duty));
    return delay;
  }

  /** Lets a check read what is on the disk without faults. */
  public void look(Runnable check) {
    diskFaults.looking(true);
    try {
      check.run();
    } finally {
      diskFaults.looking(false);
    }
  }
}
