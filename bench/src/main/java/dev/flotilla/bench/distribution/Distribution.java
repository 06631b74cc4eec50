package dev.flotilla.bench.distribution;

import java.util.SplittableRandom;

/** How often each key is asked for, named as YCSB names it. */
public enum Distribution {
  /** Every key equally often. */
  UNIFORM,
  /** A few keys very often, and those spread over the whole range: {@link ScrambledZipfian}. */
  ZIPFIAN,
  /** The newest keys most often, by the same law. */
  LATEST;

  /** The constant of YCSB's skew: the hottest of many keys gets a few percent of the requests. */
  public static final double THETA = 0.99;

  /** Draws keys by this law from the given stream. */
  public KeyChooser chooser(SplittableRandom random) {
    return switch (this) {
      case UNIFORM -> random::nextInt;
      case ZIPFIAN -> new ScrambledZipfian(random);
      case LATEST -> {
        Zipfian ages = new Zipfian(THETA, random);
        yield count -> count - 1 - (int) ages.next(count);
      }
    };
  }
}
