package dev.flotilla.bench.compare.ratis;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** One server: {@code RatisServer DIRECTORY NUMBER HOST:PORT...}, its number counting from 0. */
public final class RatisServer {

  private RatisServer() {}

  /** Runs until the process is ended. */
  public static void main(String[] arguments) throws IOException {
    int number = Integer.parseInt(arguments[1]);
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String text : List.of(arguments).subList(2, arguments.length)) {
      int colon = text.lastIndexOf(':');
      servers.add(
          new InetSocketAddress(
              text.substring(0, colon), Integer.parseInt(text.substring(colon + 1))));
    }
    RaftServer.newBuilder()
        .setServerId(RatisGroup.peer(number))
        .setGroup(RatisGroup.of(servers))
        .setStateMachine(new MapStateMachine())
        .setProperties(properties(new File(arguments[0]), servers.get(number)))
        .build()
        .start();
  }

  private static RaftProperties properties(File directory, InetSocketAddress self) {
    RaftProperties properties = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(properties, List.of(directory));
    GrpcConfigKeys.Server.setPort(properties, self.getPort());
    // As shipped: the segmented log is flushed before an entry counts. What would flush it later or
    // not at all
    // (unsafe-flush, async-flush) stays off.
    // Reads through the read index; without this the leader answers from what it has.
    RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    // The default of 150 to 300 ms is for machines with a core for each server; here it would elect
    // under load. A
    // second is what etcd and RheaKV wait.
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, TimeDuration.valueOf(2, TimeUnit.SECONDS));
    // Larger files than the default 32 MB, to change them less often; their cached entries must fit
    // the heap.
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("64MB"));
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("128MB"));
    return properties;
  }
}
