package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.env.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbEngineTest extends KvEngineContract {
  private static final String STORE = "groups/g1/state";
  private static RocksDbResources resources;

  @TempDir private Path root;

  @BeforeAll
  static void shareResources() {
    resources = new RocksDbResources();
  }

  @AfterAll
  static void closeResources() {
    resources.close();
  }

  @Override
  KvEngine open() {
    return new RocksDbEngine(root, STORE, resources);
  }

  /** One beside it. */
  final KvEngine otherStore() {
    return new RocksDbEngine(root, "groups/g2/state", resources);
  }

  /** Closing drops the memtable: what comes back is what reached the files. */
  @Override
  void crash(KvEngine engine) {
    engine.close();
  }

  @Override
  String emptyFolder(String name) throws IOException {
    Files.createDirectories(root.resolve("snapshots").resolve(name));
    return "snapshots/" + name;
  }

  @Override
  List<String> files(String folder) throws IOException {
    return EngineFolders.list(root.resolve(folder)).stream()
        .map(path -> path.getFileName().toString())
        .toList();
  }

  @Override
  void addFile(String folder, String name) throws IOException {
    Files.writeString(root.resolve(folder).resolve(name), "not yours");
  }

  @Override
  void damage(String folder) throws IOException {
    for (Path file : EngineFolders.list(root.resolve(folder))) {
      if (file.getFileName().toString().startsWith("MANIFEST-")) {
        Files.writeString(file, "damaged");
      }
    }
  }

  /** H33, H42: the states the disk can be in when an install is cut off, one by one. */
  @Test
  void h42_anInstallCutOffBeforeTheSwitchLeavesTheOldState() throws Exception {
    String checkpoint = checkpointOf("new");
    fillStore("old");
    Path home = root.resolve(STORE);
    Path half = Files.createDirectory(home.resolve("db-2"));
    Path some = EngineFolders.list(root.resolve(checkpoint)).getFirst();
    Files.copy(some, half.resolve(some.getFileName()));
    Files.writeString(home.resolve("ACTIVE.next"), "db-");
    Files.createDirectory(home.resolve("scratch"));
    try (KvEngine engine = open()) {
      assertThat(engine.get(bytes("old"))).isNotNull();
      assertThat(names(home)).containsExactly("ACTIVE", "db-1");
      engine.install(checkpoint);
      assertThat(engine.get(bytes("new"))).isNotNull();
      assertThat(engine.get(bytes("old"))).isNull();
      assertThat(names(home)).containsExactly("ACTIVE", "db-2");
    }
  }

  @Test
  void h42_anInstallCutOffAfterTheSwitchHasTheNewState() throws Exception {
    String checkpoint = checkpointOf("new");
    fillStore("old");
    Path home = root.resolve(STORE);
    Path old = home.resolve("db-1");
    Path kept = root.resolve("kept");
    copy(old, kept);
    try (KvEngine engine = open()) {
      engine.install(checkpoint);
    }
    copy(kept, old); // the old generation was not deleted yet
    try (KvEngine engine = open()) {
      assertThat(engine.get(bytes("new"))).isNotNull();
      assertThat(engine.get(bytes("old"))).isNull();
      assertThat(names(home)).containsExactly("ACTIVE", "db-2");
      engine.install(checkpoint);
      assertThat(engine.get(bytes("new"))).isNotNull();
    }
  }

  @Test
  void aFirstOpeningCutOffBeginsAgain() throws Exception {
    Path home = root.resolve("another/state");
    Files.createDirectories(home.resolve("db-1"));
    Files.writeString(home.resolve("db-1").resolve("CURRENT"), "half");
    try (KvEngine engine = new RocksDbEngine(root, "another/state", resources)) {
      assertThat(engine.get(bytes("a"))).isNull();
    }
  }

  @Test
  void aLostDatabaseIsNotTakenForAnEmptyOne() throws Exception {
    Path home = root.resolve("another/state");
    try (KvEngine engine = new RocksDbEngine(root, "another/state", resources)) {
      engine.flush();
    }
    FileTree.delete(home.resolve("db-1"));
    assertThatThrownBy(() -> new RocksDbEngine(root, "another/state", resources))
        .isInstanceOf(EngineException.class);
    Files.createDirectory(home.resolve("db-1"));
    assertThatThrownBy(() -> new RocksDbEngine(root, "another/state", resources))
        .isInstanceOf(EngineException.class);
    Files.delete(home.resolve("ACTIVE"));
    Files.createDirectory(home.resolve("db-2"));
    assertThatThrownBy(() -> new RocksDbEngine(root, "another/state", resources))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no ACTIVE");
  }

  @Test
  void manyEnginesShareOneProcessAndEndInAnyOrder() throws Exception {
    KvEngine[] engines = new KvEngine[9];
    for (int i = 0; i < engines.length; i++) {
      engines[i] = new RocksDbEngine(root, "n" + i, resources);
      engines[i].write(new KvBatch().put(bytes("node"), bytes("n" + i)));
    }
    for (int i = 0; i < engines.length; i++) {
      engines[i].flush();
      engines[i].close();
      try (KvEngine again = new RocksDbEngine(root, "n" + i, resources)) {
        assertThat(text(again.get(bytes("node")))).isEqualTo("n" + i);
      }
    }
  }

  private String checkpointOf(String key) throws IOException {
    String folder = emptyFolder("of-" + key);
    try (KvEngine engine = new RocksDbEngine(root, "elsewhere-" + key, resources)) {
      engine.write(new KvBatch().put(bytes(key), bytes("1")));
      engine.checkpoint(folder);
    }
    return folder;
  }

  private void fillStore(String key) {
    closeEngine();
    try (KvEngine engine = open()) {
      engine.write(new KvBatch().put(bytes(key), bytes("1")));
      engine.flush();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    return EngineFolders.list(folder).stream().map(path -> path.getFileName().toString()).toList();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : EngineFolders.list(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }
}
