package dev.flotilla.bench.distribution;

/** Draws numbers of keys; used by one thread. */
@FunctionalInterface
public interface KeyChooser {

  /**
   * A number from 0 up to, and not including, {@code count}.
   *
   * @param count how many keys there are now, 1 or more; it may grow from call to call
   */
  int next(int count);
}
