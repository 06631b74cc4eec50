package dev.flotilla.bench.compare.rheakv;

import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import com.alipay.sofa.jraft.rhea.client.DefaultRheaKVStore;
import com.alipay.sofa.jraft.rhea.options.RheaKVStoreOptions;
import com.alipay.sofa.jraft.rhea.options.RocksDBOptions;
import com.alipay.sofa.jraft.rhea.options.StoreEngineOptions;
import com.alipay.sofa.jraft.rhea.storage.StorageType;
import com.alipay.sofa.jraft.util.Endpoint;
import java.nio.file.Path;
import java.util.List;

/** One server: {@code RheaKvServer DIRECTORY NUMBER HOST:PORT...}, its number counting from 0. */
public final class RheaKvServer {

  private RheaKvServer() {}

  /** Runs until the process is ended. */
  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    List<String> servers = List.of(arguments).subList(2, arguments.length);
    String self = servers.get(Integer.parseInt(arguments[1]));

    StoreEngineOptions store = new StoreEngineOptions();
    store.setStorageType(StorageType.RocksDB);
    store.setRocksDBOptions(rocksDb(directory));
    store.setRaftDataPath(directory.resolve("raft").toString());
    int colon = self.lastIndexOf(':');
    store.setServerAddress(
        new Endpoint(self.substring(0, colon), Integer.parseInt(self.substring(colon + 1))));
    NodeOptions node = new NodeOptions();
    node.setRaftOptions(raft());
    store.setCommonNodeOptions(node);

    RheaKVStoreOptions options = RheaKvCluster.options(String.join(",", servers));
    options.setStoreEngineOptions(store);
    DefaultRheaKVStore server = new DefaultRheaKVStore();
    if (!server.init(options)) {
      throw new IllegalStateException("RheaKV did not start");
    }
  }

  private static RaftOptions raft() {
    RaftOptions raft = new RaftOptions();
    // The log (in RocksDB) is synced before an entry counts, and so are term and vote, which are
    // not by default.
    raft.setSync(true);
    raft.setSyncMeta(true);
    // Reads by a round of heartbeats; the alternative would trust clocks.
    raft.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
    // Statistics of its RocksDB cost something and are not looked at.
    raft.setOpenStatistics(false);
    return raft;
  }

  private static RocksDBOptions rocksDb(Path directory) {
    RocksDBOptions options = new RocksDBOptions();
    options.setDbPath(directory.resolve("db").toString());
    // The store's own log stays off, as shipped: RheaKV deletes the store at every start and builds
    // it anew from the
    // snapshot and the Raft log, so syncing it would cost much and protect nothing.
    options.setSync(false);
    options.setDisableWAL(true);
    options.setOpenStatisticsCollector(false);
    return options;
  }
}
