package dev.flotilla.bench;

import dev.flotilla.bench.load.Mix;
import java.util.Optional;

/** The doors that {@code bench run} knows. */
enum DoorKind {
  FORM(false, false),
  REST(true, true),
  STREAM(true, false);

  private final boolean conditions;
  private final boolean scans;

  DoorKind(boolean conditions, boolean scans) {
    this.conditions = conditions;
    this.scans = scans;
  }

  /** Why this door cannot carry a workload; empty when it can. */
  Optional<String> objection(Mix mix) {
    if (mix.scans() && !scans) {
      return Optional.of("workload " + mix.label() + " scans: only --door rest can list keys");
    }
    if (mix.modifies() && !conditions) {
      return Optional.of(
          "workload "
              + mix.label()
              + " writes on condition, which forms cannot say: use --door rest or stream");
    }
    return Optional.empty();
  }
}
