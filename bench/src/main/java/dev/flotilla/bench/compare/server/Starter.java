package dev.flotilla.bench.compare.server;

import java.io.IOException;
import java.util.Optional;

/** Starts the servers of one system. */
public interface Starter {

  /** Why this system cannot be measured on this machine, and what to do about it. */
  Optional<String> missing(Site site);

  /** As the system itself says it. */
  String version(Site site) throws IOException, InterruptedException;

  /** The class path of the client process. */
  String clientClassPath(Site site) throws IOException;

  /**
   * Starts everything; need not wait until it answers.
   *
   * @throws IOException when something cannot be started
   */
  Servers start(Site site, Processes processes) throws IOException, InterruptedException;
}
