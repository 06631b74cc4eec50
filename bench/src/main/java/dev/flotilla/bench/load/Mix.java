package dev.flotilla.bench.load;

import dev.flotilla.bench.distribution.Distribution;
import java.util.Locale;
import java.util.Optional;

/**
 * What share of the operations is of which kind, and which keys they are about when nobody says
 * otherwise. A to F are the core workloads of YCSB (Cooper, Silberstein, Tam, Ramakrishnan and
 * Sears, "Benchmarking cloud serving systems with YCSB", SoCC 2010).
 */
public enum Mix {
  A(50, 50, 0, 0, 0, Distribution.ZIPFIAN, "50 % reads, 50 % updates"),
  B(95, 5, 0, 0, 0, Distribution.ZIPFIAN, "95 % reads, 5 % updates"),
  C(100, 0, 0, 0, 0, Distribution.ZIPFIAN, "reads only"),
  D(95, 0, 5, 0, 0, Distribution.LATEST, "95 % reads of the latest keys, 5 % inserts"),
  E(0, 0, 5, 95, 0, Distribution.UNIFORM, "95 % short scans, 5 % inserts"),
  F(50, 0, 0, 0, 50, Distribution.ZIPFIAN, "50 % reads, 50 % read-modify-writes"),
  SET(0, 100, 0, 0, 0, Distribution.UNIFORM, "writes only"),
  GET(100, 0, 0, 0, 0, Distribution.UNIFORM, "reads only, as c but uniform");

  private final int reads;
  private final int updates;
  private final int inserts;
  private final int scans;
  private final int modifies;
  private final Distribution distribution;
  private final String description;

  /** Shares in percent. */
  Mix(
      int reads,
      int updates,
      int inserts,
      int scans,
      int modifies,
      Distribution distribution,
      String description) {
    this.reads = reads;
    this.updates = updates;
    this.inserts = inserts;
    this.scans = scans;
    this.modifies = modifies;
    this.distribution = distribution;
    this.description = description;
  }

  /** The workload of this name, in small letters or capitals; empty when there is none. */
  public static Optional<Mix> named(String name) {
    try {
      return Optional.of(valueOf(name.trim().toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** As it is named on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String description() {
    return description;
  }

  public Distribution distribution() {
    return distribution;
  }

  public boolean scans() {
    return scans > 0;
  }

  public boolean modifies() {
    return modifies > 0;
  }

  /** Whether it asks for keys that must be there. */
  public boolean needsKeys() {
    return reads + modifies + scans > 0;
  }

  enum Choice {
    READ,
    UPDATE,
    INSERT,
    SCAN,
    MODIFY
  }

  /**
   * @param draw uniform in [0, 100)
   */
  Choice choose(int draw) {
    int rest = draw;
    if (rest < reads) {
      return Choice.READ;
    }
    rest -= reads;
    if (rest < updates) {
      return Choice.UPDATE;
    }
    rest -= updates;
    if (rest < inserts) {
      return Choice.INSERT;
    }
    rest -= inserts;
    return rest < scans ? Choice.SCAN : Choice.MODIFY;
  }
}
