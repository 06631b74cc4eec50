package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Sends lines in batches and tells what became of each, in their order. The operations of a batch
 * are carried out at the same time, so two on one key, of which one writes, never share a batch:
 * they take effect in the order of their lines.
 *
 * <p>Never sends an operation a second time unless the balancer said that it did nothing with it: a
 * batch that is refused as a whole, for one bad operation in it, is sent in halves.
 */
final class BatchRun {
  static final int MOST_OPERATIONS = 1_000;

  /** Keeps what is in memory small; a larger operation goes alone. */
  private static final int MOST_BYTES = 4 << 20;

  private static final byte[] BEGIN = "{\"ops\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

  /** The balancer's door. */
  interface Door {
    /**
     * @return why the balancer refused all of it; empty when it was carried out
     */
    Optional<BatchResult> send(byte[] document, Consumer<BatchResult> results);
  }

  /** Is told what became of each line. */
  interface Report {
    void tell(BatchLine line, BatchResult result);
  }

  private final Door door;
  private final Report report;
  private final List<BatchLine> waiting = new ArrayList<>();
  private final Set<String> read = new HashSet<>();
  private final Set<String> written = new HashSet<>();
  private int operations;
  private long bytes;

  BatchRun(Door door, Report report) {
    this.door = door;
    this.report = report;
  }

  /** Takes the next line; sends those before it when it is time to. */
  void add(BatchLine line) {
    if (waiting.size() == MOST_OPERATIONS) {
      flush();
    }
    if (line instanceof BatchLine.Operation operation) {
      if (operations > 0 && (clashes(operation) || bytes + size(operation) > MOST_BYTES)) {
        flush();
      }
      (operation.writes() ? written : read).add(operation.key());
      operations++;
      bytes += size(operation);
    }
    waiting.add(line);
  }

  private boolean clashes(BatchLine.Operation operation) {
    return written.contains(operation.key())
        || (operation.writes() && read.contains(operation.key()));
  }

  /** With the comma after it. */
  private static long size(BatchLine.Operation operation) {
    return operation.json().length + 1L;
  }

  /** Sends what is waiting. */
  void flush() {
    List<BatchLine> lines = List.copyOf(waiting);
    waiting.clear();
    read.clear();
    written.clear();
    operations = 0;
    bytes = 0;
    send(lines);
  }

  /** Sends these and tells what became of them; in halves if need be. */
  private void send(List<BatchLine> lines) {
    List<BatchLine.Operation> batch = new ArrayList<>();
    for (BatchLine line : lines) {
      if (line instanceof BatchLine.Operation operation) {
        batch.add(operation);
      }
    }
    Telling telling = new Telling(lines);
    if (!batch.isEmpty()) {
      Optional<BatchResult> refusal = exchange(batch, telling);
      if (refusal.isPresent() && batch.size() > 1) {
        int half = lines.indexOf(batch.get(batch.size() / 2));
        send(lines.subList(0, half));
        send(lines.subList(half, lines.size()));
        return;
      }
      refusal.ifPresent(telling::operation);
    }
    telling.rest();
  }

  private Optional<BatchResult> exchange(List<BatchLine.Operation> batch, Telling telling) {
    try {
      Optional<BatchResult> refusal = door.send(document(batch), telling::operation);
      if (refusal.isEmpty() && telling.operations < batch.size()) {
        throw new Failure(
            ExitCode.FAILED,
            "The balancer did not answer it; whether it took effect is unknown.",
            "Read the keys to find out.");
      }
      return refusal;
    } catch (Failure e) {
      long first = batch.get(Math.min(telling.operations, batch.size() - 1)).number();
      long last = batch.getLast().number();
      throw new Failure(
          e.exitCode(),
          (first == last ? "Line " + first : "Lines " + first + " to " + last)
              + ": "
              + e.text()
              + " Nothing after line "
              + last
              + " was sent.",
          e.advice(),
          e);
    }
  }

  private static byte[] document(List<BatchLine.Operation> batch) {
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    document.writeBytes(BEGIN);
    for (int i = 0; i < batch.size(); i++) {
      if (i > 0) {
        document.write(',');
      }
      document.writeBytes(batch.get(i).json());
    }
    document.writeBytes(END);
    return document.toByteArray();
  }

  /** Tells of the lines in their order: those that were not sent as they come by. */
  private final class Telling {
    private final List<BatchLine> lines;
    private int told;
    private int operations;

    Telling(List<BatchLine> lines) {
      this.lines = lines;
    }

    /** What became of the next operation. */
    void operation(BatchResult result) {
      refusals();
      if (told < lines.size()) {
        report.tell(lines.get(told), result);
        told++;
        operations++;
      }
    }

    /** What is left is lines that were not sent. */
    void rest() {
      refusals();
    }

    private void refusals() {
      while (told < lines.size() && lines.get(told) instanceof BatchLine.Refused refused) {
        report.tell(refused, BatchResult.refused(400, "BAD_LINE", refused.why()));
        told++;
      }
    }
  }
}
