package dev.flotilla.bench.load;

import dev.flotilla.bench.distribution.Distribution;
import dev.flotilla.bench.distribution.KeyChooser;
import dev.flotilla.bench.door.Operation;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Operations of several kinds in the shares of a {@link Mix}. */
final class MixedWorkload implements Workload {

  /** YCSB's longest scan. */
  static final int MAX_SCAN_KEYS = 100;

  private static final int NOTHING = -1;

  private final Mix mix;
  private final KeySpace keys;
  private final Records records;
  private final Values values;
  private final SplittableRandom random;
  private final KeyChooser chooser;
  private final boolean latest;
  private final ScanPlaces places;

  // By lane: the key that its operation inserts, and the key it reads in order to modify it.
  private int[] inserting = new int[0];
  private int[] modifying = new int[0];
  // Inserts that failed and are tried again; at most one for each lane.
  private final Deque<Integer> again = new ArrayDeque<>();

  MixedWorkload(
      Mix mix,
      Distribution distribution,
      KeySpace keys,
      Records records,
      int valueBytes,
      SplittableRandom random) {
    this.mix = mix;
    this.keys = keys;
    this.records = records;
    this.random = random;
    this.values = new Values(valueBytes, random.split());
    this.chooser = distribution.chooser(random.split());
    this.latest = distribution == Distribution.LATEST;
    this.places = new ScanPlaces(random.split());
  }

  @Override
  public Operation next(int lane) {
    makeRoomFor(lane);
    return switch (mix.choose(random.nextInt(100))) {
      case READ -> read(choose());
      case UPDATE -> set(choose());
      case INSERT -> insert(lane);
      case SCAN -> scan();
      case MODIFY -> {
        modifying[lane] = choose();
        yield read(modifying[lane]);
      }
    };
  }

  @Override
  public @Nullable Operation succeeded(int lane, Operation operation, long revision) {
    if (inserting[lane] != NOTHING) {
      records.acknowledge(inserting[lane]);
      inserting[lane] = NOTHING;
    }
    int read = modifying[lane];
    if (read == NOTHING) {
      return null;
    }
    modifying[lane] = NOTHING;
    return new Operation.SetIf(keys.key(read), values.next(read), revision);
  }

  @Override
  public void failed(int lane, Operation operation) {
    modifying[lane] = NOTHING;
    if (inserting[lane] != NOTHING) {
      // It may be there or not. Until it certainly is, nothing after it can be read.
      again.add(inserting[lane]);
      inserting[lane] = NOTHING;
    }
  }

  /**
   * A few more keys would move every hot key of a scrambled law, so that one keeps to those loaded.
   */
  private int choose() {
    return chooser.next(latest ? records.readable() : records.loaded());
  }

  private Operation read(int index) {
    return new Operation.Get(
        keys.key(index), KeySpace.tag(index, values.length()), values.length());
  }

  private Operation set(int index) {
    return new Operation.Set(keys.key(index), values.next(index));
  }

  private Operation insert(int lane) {
    Integer failed = again.poll();
    int index = failed == null ? records.claim() : failed;
    if (index == NOTHING) {
      // So many inserts are stuck that no more may begin; go on with what is there.
      return mix.scans() ? scan() : read(choose());
    }
    inserting[lane] = index;
    return set(index);
  }

  private Operation scan() {
    int limit = 1 + random.nextInt(MAX_SCAN_KEYS);
    return new Operation.Scan(keys.prefix(), limit, places.choose(), places::add);
  }

  private void makeRoomFor(int lane) {
    int had = inserting.length;
    if (lane < had) {
      return;
    }
    int room = Math.max(lane + 1, 2 * had);
    inserting = Arrays.copyOf(inserting, room);
    modifying = Arrays.copyOf(modifying, room);
    Arrays.fill(inserting, had, room, NOTHING);
    Arrays.fill(modifying, had, room, NOTHING);
  }
}
