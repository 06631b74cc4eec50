package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.cluster.NodeView;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The cells that the tables of {@code up} and {@code status} share. */
final class ClusterTable {
  private ClusterTable() {}

  /** A role in its colour. */
  static Cell role(Terminal terminal, String state) {
    UnaryOperator<String> style =
        switch (state) {
          case "LEADER" -> terminal::green;
          case "FOLLOWER", "LEARNER" -> UnaryOperator.identity();
          case "JOINING", "REMOVED" -> terminal::dim;
          default -> terminal::red;
        };
    return new Cell(state.toLowerCase(Locale.ROOT), style);
  }

  /** Where every replica stands. */
  static Table status(Terminal terminal, List<ReplicaRows.Row> rows, boolean withHash) {
    Table table =
        new Table()
            .column("NODE", Align.LEFT)
            .column("GROUP", Align.LEFT)
            .column("ROLE", Align.LEFT)
            .column("TERM", Align.RIGHT)
            .column("COMMIT", Align.RIGHT)
            .column("APPLIED", Align.RIGHT)
            .column("LAG", Align.RIGHT)
            .column("PID", Align.RIGHT);
    if (withHash) {
      table.column("STATE HASH", Align.LEFT);
    }
    for (ReplicaRows.Row row : rows) {
      NodeView.Replica replica = row.replica();
      Cell[] cells = new Cell[withHash ? 9 : 8];
      java.util.Arrays.fill(cells, Cell.of(""));
      cells[0] = Cell.of(row.node());
      cells[1] = Cell.of(row.group());
      if (replica == null) {
        cells[2] = new Cell(row.problem(), terminal::red);
      } else {
        cells[2] = role(terminal, row.part());
        cells[3] = Cell.of(replica.term());
        cells[4] = Cell.of(replica.commitIndex());
        cells[5] = Cell.of(replica.appliedIndex());
        cells[6] = Cell.of(row.lag());
        cells[7] = Cell.of(row.pid());
        if (withHash) {
          String hash = replica.stateHash();
          cells[8] = Cell.of(hash == null ? "" : hash);
        }
      }
      table.row(cells);
    }
    return table;
  }
}
