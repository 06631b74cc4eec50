package dev.flotilla.bench.load;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where scans may begin. Only the database can say where a key stands in its order, so scans begin
 * where earlier ones ended, at one of a bounded number of such places; the first begins at the
 * beginning.
 */
final class ScanPlaces {

  private static final int MOST = 4_096;
  private static final String BEGINNING = "";

  private final SplittableRandom random;
  private final String[] places = new String[MOST];
  private int known;

  ScanPlaces(SplittableRandom random) {
    this.random = random;
    places[known++] = BEGINNING;
  }

  String choose() {
    return places[random.nextInt(known)];
  }

  /**
   * @param cursor where a scan ended; null when that was the end of all keys
   */
  void add(@Nullable String cursor) {
    if (cursor == null) {
      return;
    }
    if (known < MOST) {
      places[known++] = cursor;
    } else {
      // The beginning stays.
      places[1 + random.nextInt(MOST - 1)] = cursor;
    }
  }
}
