package dev.flotilla.bench.compare.fake;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Remembers what a door tells. */
public final class Told implements Answers {

  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MAX_POLLS = 400;

  public final List<Integer> succeeded = new ArrayList<>();
  public final List<Failure> failed = new ArrayList<>();

  @Override
  public void succeeded(int lane, Operation operation, int group, long revision) {
    succeeded.add(lane);
  }

  @Override
  public void failed(int lane, Operation operation, Failure failure) {
    failed.add(failure);
  }

  /** Polls until so many operations were answered, one way or the other. */
  public void await(Door door, int answers) throws IOException {
    for (int i = 0; i < MAX_POLLS && succeeded.size() + failed.size() < answers; i++) {
      door.poll(WAIT_NANOS, this);
    }
  }
}
