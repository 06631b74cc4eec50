package dev.flotilla.bench.compare.lineup;

import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.server.Starter;
import java.util.ArrayList;
import java.util.List;

/**
 * A system in the line-up.
 *
 * @param name by which results and options know it
 * @param title for people
 * @param what how it is set up, as a sentence for the page
 * @param remark a paragraph for the page on what must be known to read its figures; may be empty
 * @param doors class name of its doors; only the client process loads it
 */
public record Contestant(
    String name,
    String title,
    String what,
    String remark,
    Starter starter,
    String doors,
    List<Shape> shapes) {

  /**
   * One way of being a client.
   *
   * @param name as the doors know it
   * @param title for people
   * @param kind with whose shapes of the same kind it is to be compared
   */
  public record Shape(String name, String title, Kind kind) {}

  /** What clients are like. */
  public enum Kind {
    /** One client for all operations, which may send several in a message. */
    BATCHED,
    /** A client for each operation under way, or one that sends each by itself. */
    UNBATCHED,
    /** A connection of HTTP for each operation under way. */
    HTTP
  }

  /** What is measured in each of its turns. */
  public List<Cell> cells(List<Integer> outstanding) {
    List<Cell> cells = new ArrayList<>();
    for (Shape shape : shapes) {
      for (Cell.Work work : Cell.Work.values()) {
        for (int count : outstanding) {
          cells.add(new Cell(shape.name(), work, count));
        }
      }
    }
    return cells;
  }
}
