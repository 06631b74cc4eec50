package dev.flotilla.kv;

import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.Condition;
import dev.flotilla.raft.fsm.CommittedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A log as rude clients and changing leaders write it: few keys, retries, late and out of order
 * numbers, short lives, clocks that jump, garbage, reassigned slots.
 */
final class RandomLog {
  private final Random random;
  private final List<byte[]> sent = new ArrayList<>();
  private long epoch = 1;
  private long term = 1;
  private long wallMillis = 1_000_000;
  private final long[] nextSeq = {1, 1, 1, 1};

  RandomLog(long seed) {
    random = new Random(seed);
  }

  List<CommittedEntry> entries(int count) {
    List<CommittedEntry> entries = new ArrayList<>();
    entries.add(
        new CommittedEntry(
            1,
            term,
            wallMillis,
            List.of(Commands.assign(epoch, smallSettings(), Replica.ALL_SLOTS).toByteArray())));
    while (entries.size() < count) {
      wallMillis += random.nextInt(200);
      if (random.nextInt(50) == 0) {
        term++;
        wallMillis += random.nextInt(-5_000, 8_000); // another leader, another clock
      }
      List<byte[]> commands = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        commands.add(command());
      }
      entries.add(new CommittedEntry(entries.size() + 1, term, wallMillis, commands));
    }
    return entries;
  }

  private static dev.flotilla.proto.kv.v1.Settings smallSettings() {
    return new KvSettings(64, 256, 4, 3_000, 12_000).toProto();
  }

  private byte[] command() {
    int choice = random.nextInt(100);
    if (choice < 15 && !sent.isEmpty()) {
      return sent.get(Math.max(0, sent.size() - 1 - random.nextInt(60))); // a retry
    }
    if (choice < 17) {
      byte[] garbage = new byte[random.nextInt(40)];
      random.nextBytes(garbage);
      return garbage;
    }
    if (choice < 18) {
      return assignment();
    }
    if (choice < 20) {
      return Commands.tick().toByteArray();
    }
    Command command =
        choice < 80
            ? Commands.put(key(), "v".repeat(random.nextInt(280)), condition(), ttl())
            : Commands.delete(key(), condition());
    if (random.nextInt(4) > 0) {
      command = numbered(command);
    }
    sent.add(command.toByteArray());
    return sent.getLast();
  }

  private Command numbered(Command command) {
    int client = random.nextInt(nextSeq.length);
    long seq = nextSeq[client]++;
    if (random.nextInt(20) == 0) {
      nextSeq[client] += random.nextInt(3);
    }
    long ackedBelow = Math.max(0, seq - random.nextInt(8));
    return Commands.from(client + 1, seq, ackedBelow, command);
  }

  private byte[] assignment() {
    if (random.nextInt(3) == 0) {
      return Commands.assign(Math.max(0, epoch - random.nextInt(3))).toByteArray();
    }
    epoch++;
    if (random.nextInt(3) > 0) {
      return Commands.assign(epoch, Replica.ALL_SLOTS).toByteArray();
    }
    int cut = random.nextInt(1, 16_384);
    return Commands.assign(epoch, new SlotRange(0, cut)).toByteArray();
  }

  private String key() {
    return random.nextBoolean() ? "{t}" + random.nextInt(10) : "k" + random.nextInt(40);
  }

  private Condition condition() {
    return switch (random.nextInt(6)) {
      case 0 -> Commands.IF_ABSENT;
      case 1 -> Commands.IF_PRESENT;
      case 2 -> Commands.ifRevision(random.nextInt(30));
      default -> Commands.ALWAYS;
    };
  }

  private long ttl() {
    return random.nextInt(3) == 0 ? random.nextInt(1, 4_000) : 0;
  }
}
