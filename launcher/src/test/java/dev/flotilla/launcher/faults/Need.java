package dev.flotilla.launcher.faults;

import java.util.Optional;

/** What a fault cannot do without. Whether it is there is found out by doing it. */
enum Need {
  NAMESPACES("network namespaces"),
  NFT("packet filters (package nftables)"),
  TC("traffic control (package iproute2)"),
  STRACE("leave to trace other processes (package strace)"),
  FAKETIME("a clock that can be shifted (package libfaketime)"),
  TMPFS("leave to mount a file system"),
  PRLIMIT("the command prlimit");

  private final String text;

  Need(String text) {
    this.text = text;
  }

  /** What is lacking, and how that showed; empty when nothing is. */
  Optional<String> missing(FaultedCluster cluster) {
    Optional<String> why =
        switch (this) {
          case NAMESPACES -> cluster.network().whyNotSeparate();
          case NFT -> onNetwork(cluster, Namespaces::tryToFilter);
          case TC -> onNetwork(cluster, Namespaces::tryToNarrow);
          case STRACE -> attempt(() -> Strace.tryIt(cluster.directory()));
          case FAKETIME -> attempt(Host::tryFakeTime);
          case TMPFS -> attempt(() -> Host.tryToMount(cluster.directory()));
          case PRLIMIT -> attempt(Host::tryToLimit);
        };
    return why.map(reason -> "needs " + text + ": " + reason);
  }

  private static Optional<String> onNetwork(FaultedCluster cluster, Trial trial) {
    return cluster
        .network()
        .whyNotSeparate()
        .or(() -> attempt(() -> trial.run(cluster.namespaces())));
  }

  @FunctionalInterface
  private interface Trial {
    void run(Namespaces network);
  }

  private static Optional<String> attempt(Runnable trial) {
    try {
      trial.run();
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      String why = String.valueOf(e.getMessage()).strip();
      return Optional.of(why.lines().findFirst().orElse(e.toString()));
    }
  }
}
