package dev.flotilla.raft.runtime;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.raft.fsm.NoRoomException;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.fsm.StateStorageException;
import dev.flotilla.raft.fsm.Wake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A small state machine in text. Commands: {@code set k v}, {@code append k v} (answers the new
 * value), {@code ttl k v millis}, {@code genesis}, {@code tick}, {@code boom} (throws). Queries:
 * {@code get k}. State lives in memory and, after a flush, in one file.
 */
final class RegisterMachine implements StateMachine {
  private static final String FILE = "state";

  private final Disk disk;
  private final String directory;
  private final boolean wantsGenesis;
  private SortedMap<String, String> values = new TreeMap<>();
  private SortedMap<String, Long> expiries = new TreeMap<>();
  private AppliedPosition applied = AppliedPosition.NONE;
  private long clockMillis;
  private long genesisCount;
  int installs;

  /** What lies on the disk turns out to be damaged at the next apply. */
  boolean damaged;

  /** What changes the state finds no room. */
  boolean noRoom;

  boolean closed;

  RegisterMachine(Disk disk, String directory, boolean wantsGenesis) throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.wantsGenesis = wantsGenesis;
    if (disk.exists(directory + "/" + FILE)) {
      load(directory);
    }
  }

  @Override
  public AppliedPosition applied() {
    return applied;
  }

  private void requireRoom() {
    if (noRoom) {
      DiskFullException full = new DiskFullException("no space left on device");
      throw new NoRoomException("no room in " + directory, full);
    }
  }

  @Override
  public List<List<byte[]>> apply(List<CommittedEntry> entries) {
    requireRoom();
    if (damaged) {
      throw new StateStorageException("a block of " + directory + " fails its checksum", true);
    }
    List<List<byte[]>> results = new ArrayList<>();
    for (CommittedEntry entry : entries) {
      if (entry.index() != applied.index() + 1) {
        throw new IllegalStateException("entry " + entry.index() + " after " + applied);
      }
      clockMillis = Math.max(clockMillis, entry.stampMillis());
      expiries
          .entrySet()
          .removeIf(expiry -> {
            boolean due = expiry.getValue() <= clockMillis;
            if (due) {
              values.remove(expiry.getKey());
            }
            return due;
          });
      List<byte[]> answers = new ArrayList<>();
      for (byte[] command : entry.commands()) {
        answers.add(bytes(perform(new String(command, StandardCharsets.UTF_8))));
      }
      applied = new AppliedPosition(entry.index(), entry.term());
      results.add(answers);
    }
    return results;
  }

  private String perform(String command) {
    String[] words = command.split(" ", 4);
    switch (words[0]) {
      case "set" -> values.put(words[1], words[2]);
      case "append" -> values.merge(words[1], words[2], (a, b) -> a + "," + b);
      case "ttl" -> {
        values.put(words[1], words[2]);
        expiries.put(words[1], clockMillis + Long.parseLong(words[3]));
      }
      case "genesis" -> genesisCount++;
      case "tick" -> {}
      case "boom" -> throw new IllegalStateException("boom");
      default -> throw new IllegalStateException("unknown command " + command);
    }
    return words.length > 1 ? values.get(words[1]) : "";
  }

  @Override
  public byte[] query(byte[] query) {
    String[] words = new String(query, StandardCharsets.UTF_8).split(" ");
    return bytes(
        words[0].equals("genesis") ? "" + genesisCount : values.getOrDefault(words[1], ""));
  }

  @Override
  public AppliedPosition flush() {
    requireRoom();
    save(directory);
    return applied;
  }

  @Override
  public AppliedPosition checkpoint(String target) {
    save(target);
    return applied;
  }

  @Override
  public void install(String source) {
    requireRoom();
    try {
      load(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    save(directory);
    installs++;
  }

  @Override
  public long clockMillis() {
    return clockMillis;
  }

  @Override
  public long stateHash() {
    long hash = 1469598103934665603L;
    for (byte b : content()) {
      hash = (hash ^ b) * 1099511628211L;
    }
    return hash;
  }

  @Override
  public Optional<Wake> wake() {
    if (wantsGenesis && genesisCount == 0) {
      return Optional.of(new Wake(0, bytes("genesis")));
    }
    return expiries.values().stream().min(Long::compare).map(at -> new Wake(at, bytes("tick")));
  }

  @Override
  public void close() {
    closed = true;
  }

  private byte[] content() {
    StringBuilder text = new StringBuilder();
    text.append(applied.index()).append('\n').append(applied.term()).append('\n');
    text.append(clockMillis).append('\n').append(genesisCount).append('\n');
    for (Map.Entry<String, String> value : values.entrySet()) {
      text.append(value.getKey()).append('=').append(value.getValue()).append('=');
      text.append(expiries.getOrDefault(value.getKey(), 0L)).append('\n');
    }
    return bytes(text.toString());
  }

  private void save(String target) {
    try {
      String staging = target + "/" + FILE + ".tmp";
      disk.delete(staging);
      try (DiskFile file = disk.open(staging, Disk.OpenMode.CREATE_NEW)) {
        String text = new String(content(), StandardCharsets.UTF_8);
        file.write(0, ByteBuffer.wrap(bytes(text + checksum(text) + "\n")));
        file.sync();
      }
      disk.rename(staging, target + "/" + FILE);
      disk.syncDirectory(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void load(String source) throws IOException {
    String text;
    try (DiskFile file = disk.open(source + "/" + FILE, Disk.OpenMode.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(0, bytes);
      text = new String(bytes.array(), StandardCharsets.UTF_8);
    }
    int end = text.lastIndexOf('\n', text.length() - 2) + 1;
    if (!text.substring(end).equals(checksum(text.substring(0, end)) + "\n")) {
      throw new StateStorageException(source + "/" + FILE + " fails its checksum", true);
    }
    List<String> lines = text.substring(0, end).lines().toList();
    applied = new AppliedPosition(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
    clockMillis = Long.parseLong(lines.get(2));
    genesisCount = Long.parseLong(lines.get(3));
    values = new TreeMap<>();
    expiries = new TreeMap<>();
    for (String line : lines.subList(4, lines.size())) {
      String[] parts = line.split("=", 3);
      values.put(parts[0], parts[1]);
      if (!parts[2].equals("0")) {
        expiries.put(parts[0], Long.parseLong(parts[2]));
      }
    }
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
