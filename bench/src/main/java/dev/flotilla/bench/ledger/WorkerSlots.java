package dev.flotilla.bench.ledger;

import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.http.FormCall;
import dev.flotilla.bench.http.FormReply;
import dev.flotilla.slot.Slots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds key tags such that every worker writes to a slot of its own and every group has its
 * workers. Which group a slot belongs to is learned from the answer to a read, so nothing of the
 * ring needs to be known here.
 */
final class WorkerSlots {

  private static final int CANDIDATES_PER_WORKER = 100;

  private WorkerSlots() {}

  /**
   * @param group name of the group that owns the tag's slot
   */
  record Tag(String text, String group) {}

  /**
   * @throws IOException when fewer groups than wanted are found, or one does not answer
   */
  static List<Tag> find(LedgerOptions options) throws IOException, InterruptedException {
    List<Tag> found = new ArrayList<>();
    Map<String, Integer> workers = new HashMap<>();
    Set<Integer> slots = new HashSet<>();
    int wanted = options.groups() * options.workersPerGroup();
    try (FormCall call = new FormCall(options.balancer(), millis(options))) {
      for (int i = 0; i < CANDIDATES_PER_WORKER * wanted && found.size() < wanted; i++) {
        String text = options.run() + "-" + i;
        byte[] key = ("{" + text + "}").getBytes(StandardCharsets.UTF_8);
        if (!slots.add(Slots.of(key))) {
          continue;
        }
        String group = groupOf(key, call, options);
        boolean known = workers.containsKey(group);
        if (!known && workers.size() == options.groups()) {
          throw new IOException("there are more groups than the " + options.groups() + " expected");
        }
        if (workers.merge(group, 1, Integer::sum) <= options.workersPerGroup()) {
          found.add(new Tag(text, group));
        }
      }
    }
    if (found.size() < wanted) {
      throw new IOException(
          "expected " + options.groups() + " groups and found " + workers.keySet());
    }
    return List.copyOf(found);
  }

  private static String groupOf(byte[] key, FormCall call, LedgerOptions options)
      throws IOException, InterruptedException {
    RetryPace pace = new RetryPace(options.retryPause(), options.giveUp());
    String last;
    do {
      try {
        FormReply reply = call.call(new Operation.Get(key, new byte[0], -1), "");
        if (reply.isSuccess() && !reply.group().isEmpty()) {
          return reply.group();
        }
        last = reply.status() + " " + reply.body();
      } catch (IOException e) {
        last = e.toString();
      }
    } while (pace.pause());
    throw new IOException("a group does not answer reads: " + last);
  }

  private static int millis(LedgerOptions options) {
    return Math.toIntExact(options.answerTimeout().toMillis());
  }
}
