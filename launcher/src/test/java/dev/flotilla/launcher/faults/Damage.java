package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What can become of a node's files while it is down. */
enum Damage {
  TORN_TAIL("half a batch at the end of the log", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      Path segment = newestSegment(folder);
      ByteBuffer bytes = read(segment);
      int end = bytes.capacity();
      while (end > SECTOR && bytes.get(end - 1) == 0) {
        end--;
      }
      ByteBuffer torn = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
      torn.putInt(BATCH_MAGIC);
      while (torn.position() < 300) {
        torn.put((byte) 0x5a);
      }
      write(segment, align(end), torn.array());
      return List.of(segment);
    }
  },

  LOG_MIDDLE("a bit in the middle of the log", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      Path segment = newestSegment(folder);
      ByteBuffer bytes = read(segment);
      int batches = 0;
      for (int at = SECTOR; isBatch(bytes, at); at = next(bytes, at)) {
        batches++;
      }
      int at = SECTOR;
      for (int i = 0; i < batches / 2; i++) {
        at = next(bytes, at);
      }
      flip(segment, at + BATCH_HEADER + 8);
      return List.of(segment);
    }
  },

  LOG_OLD("a bit in an older log segment", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      List<Path> segments = segments(folder);
      if (segments.size() < 2) {
        return List.of();
      }
      Path older = segments.get(segments.size() - 2);
      flip(older, SECTOR + BATCH_HEADER + 8);
      return List.of(older);
    }
  },

  LOG_HEADER("a bit in the header of a log segment", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      Path segment = newestSegment(folder);
      flip(segment, 17);
      return List.of(segment);
    }
  },

  ONE_VOTE("a bit in one copy of the vote", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, path -> path.getFileName().toString().equals("replica-a"), 50);
    }
  },

  BOTH_VOTES("a bit in both copies of the vote", Expected.REFUSES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, path -> path.getFileName().toString().matches("replica-[ab]"), 50);
    }
  },

  SNAPSHOT("a bit in a snapshot", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(
          folder,
          path ->
              path.toString().contains("snapshot")
                  && path.getFileName().toString().endsWith(".sst"),
          100);
    }
  },

  SNAPSHOT_MANIFEST("a bit in the manifest of a snapshot", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(
          folder,
          path ->
              path.toString().contains("snapshot")
                  && path.getFileName().toString().equals("MANIFEST"),
          20);
    }
  },

  /** Where no process has read it yet, its finder ends with 70 and repairs at its next start. */
  ENGINE("a bit in a table of the state", Expected.SERVES_OR_REFUSES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(
          folder,
          path ->
              !path.toString().contains("snapshot")
                  && path.getFileName().toString().endsWith(".sst"),
          100);
    }
  },

  ENGINE_MANIFEST("a bit in the state's list of tables", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, path -> isOfState(path, "MANIFEST-\\d+"), 20);
    }
  },

  ENGINE_CURRENT("a bit in the name of that list", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, path -> isOfState(path, "CURRENT"), 12);
    }
  },

  ENGINE_OPTIONS("a bit in the state's options", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, path -> isOfState(path, "OPTIONS-\\d+"), 900);
    }
  },

  STATE_ACTIVE("a bit in the name of the state's folder", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, path -> isOfState(path, "ACTIVE"), 1);
    }
  },

  BALLAST("a bit in the ballast", Expected.SERVES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, path -> path.getFileName().toString().equals("wal.ballast"), 20);
    }
  },

  IDENTITY("a bit in the node's identity", Expected.REFUSES) {
    @Override
    List<Path> spoil(Path folder) throws IOException {
      return flipAll(folder, folder.resolve("IDENTITY")::equals, 20);
    }
  };

  /** What the node has to do about it. */
  enum Expected {
    /** It repairs itself, from its peers if need be, and takes part again. */
    SERVES,
    /** It ends with 70 and says why. */
    REFUSES,
    /** Either: which one depends on where the bit lies. */
    SERVES_OR_REFUSES
  }

  private static final int SECTOR = 512;
  private static final int BATCH_HEADER = 40;
  private static final int BATCH_MAGIC = 0x42574c46;

  private final String text;
  private final Expected expected;

  Damage(String text, Expected expected) {
    this.text = text;
    this.expected = expected;
  }

  String text() {
    return text;
  }

  Expected expected() {
    return expected;
  }

  /**
   * Does it to a node's folder.
   *
   * @return the files it hit; empty when there is no such file
   */
  abstract List<Path> spoil(Path folder) throws IOException;

  private static boolean isOfState(Path path, String name) {
    return path.toString().contains("/state/") && path.getFileName().toString().matches(name);
  }

  private static Path newestSegment(Path folder) throws IOException {
    return segments(folder).getLast();
  }

  /** The log's files that hold something, oldest first. */
  private static List<Path> segments(Path folder) throws IOException {
    List<Path> used = new ArrayList<>();
    for (Path segment : find(folder, path -> path.getFileName().toString().endsWith(".wal"))) {
      if (isBatch(read(segment), SECTOR)) {
        used.add(segment);
      }
    }
    return used;
  }

  private static boolean isBatch(ByteBuffer bytes, int at) {
    return at + BATCH_HEADER <= bytes.capacity() && bytes.getInt(at) == BATCH_MAGIC;
  }

  private static int next(ByteBuffer bytes, int at) {
    return align(at + BATCH_HEADER + bytes.getInt(at + 32));
  }

  private static int align(int position) {
    return (position + SECTOR - 1) & -SECTOR;
  }

  private static ByteBuffer read(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<Path> find(Path folder, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(wanted).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static List<Path> flipAll(Path folder, Predicate<Path> wanted, int at)
      throws IOException {
    List<Path> files = find(folder, wanted);
    for (Path file : files) {
      flip(file, at);
    }
    return files;
  }

  private static void flip(Path file, int at) throws IOException {
    ByteBuffer bytes = read(file);
    bytes.put(at, (byte) (bytes.get(at) ^ 0x10));
    replace(file, bytes.array());
  }

  private static void write(Path file, int at, byte[] part) throws IOException {
    ByteBuffer bytes = read(file);
    bytes.put(at, part);
    replace(file, bytes.array());
  }

  /** A snapshot's files are links to the state's: the damage shall hit the named one alone. */
  private static void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".spoiled");
    Files.write(next, content);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
