package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.config.Overrides;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --set path=value}: replaces any key of the cluster file for this run. */
public final class SetOption {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Replaces a key of the cluster file for this run, as in --set timings.heartbeat=100ms.",
        "The environment variable FLOTILLA_TIMINGS_HEARTBEAT does the same; the flag wins."
      })
  private List<String> sets = new ArrayList<>();

  public Overrides overrides() {
    return overridesAnd(List.of());
  }

  /** The flags, and these after them. */
  Overrides overridesAnd(List<String> more) {
    List<String> all = new ArrayList<>(sets);
    all.addAll(more);
    return Overrides.of(all, System.getenv());
  }

  /** The flags as they were given, for a child process. */
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    for (String set : sets) {
      arguments.add("--set");
      arguments.add(set);
    }
    return arguments;
  }
}
