package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.config.ClusterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Every node and the balancer as a process of its own, watched. A child that ends without being
 * told to is reported, not restarted: this launcher serves people who kill nodes to see what
 * happens. One that somebody starts again by hand ({@code flotilla node --name n3}) is noticed and
 * listed again.
 *
 * <p>Children hold the read end of a pipe whose write end only we hold, so they end by themselves
 * when this process ends, however it ends; see {@link dev.flotilla.launcher.node.StopSignals}.
 */
public final class ProcessCluster implements RunningCluster, AutoCloseable {

  /** What happens to children, told on some thread. */
  public interface Listener {
    /**
     * A child ended that should not have.
     *
     * @param exitCode -1 when unknown
     * @param command starts it again
     */
    void childEnded(String name, long pid, int exitCode, Path log, String command);

    /** Somebody started a node that had ended. */
    void childReturned(String name, long pid);

    /** No child is left. */
    void allEnded();
  }

  private static final String BALANCER = "balancer";
  private static final long LOOK_MILLIS = 400;

  /** Only a parent learns how a process ended. */
  private static final int UNKNOWN_EXIT = -1;

  private final ClusterConfig config;
  private final Path configFile;
  private final List<String> extraArguments;
  private final List<String> balancerArguments;
  private final Path script;
  private final Listener listener;
  private final Map<String, Process> children = new ConcurrentHashMap<>();
  private final Map<String, Long> returned = new ConcurrentHashMap<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final NodeProbe probe = new NodeProbe(Duration.ofSeconds(1));
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("children-watch").factory());

  /**
   * @param configFile what the children read
   * @param extraArguments passed to each child, as in {@code --set x=y}
   * @param balancerArguments passed to the balancer after them
   * @param script the start script, which knows the JVM settings
   */
  public ProcessCluster(
      ClusterConfig config,
      Path configFile,
      List<String> extraArguments,
      List<String> balancerArguments,
      Path script,
      Listener listener) {
    this.config = config;
    this.configFile = configFile;
    this.extraArguments = List.copyOf(extraArguments);
    this.balancerArguments = List.copyOf(balancerArguments);
    this.script = script;
    this.listener = listener;
  }

  /** Starts every child. When one cannot be started, those that were are ended again. */
  public void start() throws IOException {
    Files.createDirectories(config.logDirectory());
    try {
      for (ClusterConfig.Node node : config.nodes()) {
        spawn(node.name());
      }
      spawn(BALANCER);
    } catch (IOException e) {
      stopping.set(true);
      children.values().forEach(Process::destroyForcibly);
      throw e;
    }
    watch.scheduleWithFixedDelay(
        this::lookForReturned, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void spawn(String name) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(arguments(name));
    command.add("--supervised");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FLOTILLA_PREPARED", "1");
    builder.environment().put("FLOTILLA_SUPERVISED", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectInput(ProcessBuilder.Redirect.PIPE);
    builder.redirectErrorStream(true);
    builder.redirectOutput(outputOf(name).toFile());
    Process child = builder.start();
    children.put(name, child);
    child.onExit().thenAccept(ended -> onExit(name, ended));
  }

  private List<String> arguments(String name) {
    List<String> arguments = new ArrayList<>();
    if (name.equals(BALANCER)) {
      arguments.addAll(List.of("balancer", "--config", configFile.toString()));
    } else {
      arguments.addAll(List.of("node", "--config", configFile.toString(), "--name", name));
    }
    arguments.addAll(extraArguments);
    if (name.equals(BALANCER)) {
      arguments.addAll(balancerArguments);
    }
    return arguments;
  }

  /** What a child prints before it logs, and the JVM's last words. */
  private Path outputOf(String name) {
    return config.logDirectory().resolve(name + ".out");
  }

  private void onExit(String name, Process child) {
    if (!stopping.get()) {
      tellEnded(name, child.pid(), child.exitValue());
    }
  }

  private void lookForReturned() {
    if (stopping.get()) {
      return;
    }
    returned.forEach((name, pid) -> {
      if (!isRunning(pid) && returned.remove(name, pid)) {
        tellEnded(name, pid, UNKNOWN_EXIT);
      }
    });
    Map<String, String> down = new LinkedHashMap<>();
    for (ClusterConfig.Node node : config.nodes()) {
      if (pidOf(node.id()) == 0) {
        down.put(node.name(), node.http().advertise().toString());
      }
    }
    for (NodeView view : probe.nodes(down, false)) {
      if (view.problem() == null && view.cluster().equals(config.clusterId()) && view.pid() > 0) {
        noteReturned(view.node(), view.pid());
      }
    }
    if (balancerPid() == 0 && probe.isReady(config.balancer().advertise().toString())) {
      PortOwner.of(config.balancer().listen().port())
          .ifPresent(owner -> noteReturned(BALANCER, owner.pid()));
    }
  }

  private void noteReturned(String name, long pid) {
    returned.put(name, pid);
    listener.childReturned(name, pid);
  }

  private void tellEnded(String name, long pid, int exitCode) {
    String command = script + " " + String.join(" ", arguments(name));
    listener.childEnded(name, pid, exitCode, config.logDirectory().resolve(name + ".log"), command);
    if (children.values().stream().noneMatch(Process::isAlive) && returned.isEmpty()) {
      listener.allEnded();
    }
  }

  private static boolean isRunning(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  @Override
  public List<String> nodeArguments() {
    return extraArguments;
  }

  @Override
  public long pidOf(int node) {
    return pid(config.node(node).name());
  }

  @Override
  public long balancerPid() {
    return pid(BALANCER);
  }

  private long pid(String name) {
    Process child = children.get(name);
    if (child != null && child.isAlive()) {
      return child.pid();
    }
    Long other = returned.get(name);
    return other != null && isRunning(other) ? other : 0;
  }

  /** Whether any child is not running; while starting, a reason not to wait. */
  public boolean anyEnded() {
    return children.values().stream().anyMatch(child -> !child.isAlive());
  }

  @Override
  public boolean stop(Duration budget) {
    stopping.set(true);
    watch.shutdown();
    long deadline = System.nanoTime() + budget.toNanos();
    boolean orderly = end(BALANCER, deadline);
    List<Thread> groups = new ArrayList<>();
    AtomicBoolean all = new AtomicBoolean(orderly);
    List<List<String>> sequences = StopOrder.of(config);
    for (List<String> sequence : sequences) {
      groups.add(
          Thread.ofVirtual()
              .start(() -> {
                for (String name : sequence) {
                  if (!end(name, deadline)) {
                    all.set(false);
                  }
                }
              }));
    }
    boolean interrupted = false;
    for (Thread group : groups) {
      try {
        group.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    for (Process child : children.values()) {
      child.destroyForcibly();
    }
    probe.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return all.get();
  }

  /**
   * Asks a child to end and waits for it until the deadline. One that somebody started again by
   * hand is part of the cluster too, and ends with it.
   */
  private boolean end(String name, long deadline) {
    Process child = children.get(name);
    Optional<ProcessHandle> byHand =
        Optional.ofNullable(returned.get(name)).flatMap(ProcessHandle::of);
    try {
      if (child != null && child.isAlive()) {
        child.destroy();
        return child.waitFor(left(deadline), TimeUnit.NANOSECONDS) && child.exitValue() == 0;
      }
      if (byHand.isPresent() && byHand.get().destroy()) {
        byHand.get().onExit().get(left(deadline), TimeUnit.NANOSECONDS);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private static long left(long deadline) {
    return Math.max(1, deadline - System.nanoTime());
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
