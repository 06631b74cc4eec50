package dev.flotilla.bench;

/** The bench command by itself: {@code java -cp ... dev.flotilla.bench.BenchMain run --help}. */
public final class BenchMain {

  private BenchMain() {}

  /** Ends the process with the command's exit code: 0 done, 1 failed, 2 usage. */
  public static void main(String[] arguments) {
    System.exit(BenchCommand.commandLine().execute(arguments));
  }
}
