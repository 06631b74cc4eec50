package dev.flotilla.kv.engine;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The contract over the in-memory engine, whose files lie on a simulated disk. */
abstract class SimulatedDiskContract extends KvEngineContract {
  static final String STORE = "groups/g1/state";

  final SimulatedDisk disk = new SimulatedDisk();

  @Override
  void crash(KvEngine engine) {
    disk.crashLosingAllUnsynced();
  }

  @Override
  String emptyFolder(String name) throws IOException {
    disk.createDirectories("snapshots/" + name);
    return "snapshots/" + name;
  }

  @Override
  List<String> files(String folder) throws IOException {
    return disk.list(folder);
  }

  @Override
  void addFile(String folder, String name) throws IOException {
    try (DiskFile file = disk.open(folder + "/" + name, Disk.OpenMode.CREATE_NEW)) {
      file.write(0, ByteBuffer.wrap(bytes("not yours")));
    }
  }

  @Override
  void damage(String folder) throws IOException {
    disk.flipBit(folder + "/IMAGE", 20, 3);
  }
}
