package dev.flotilla.bench.compare.ratis;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/** The one group, which servers and clients must name alike. */
final class RatisGroup {

  private static final UUID ID = new UUID(0x0f10_711a_0000_4000L, 0x8000_0000_0000_0001L);

  private RatisGroup() {}

  /** Peers n0, n1 and so on, in the order of their addresses. */
  static RaftGroup of(List<InetSocketAddress> servers) {
    List<RaftPeer> peers = new ArrayList<>();
    for (InetSocketAddress server : servers) {
      peers.add(RaftPeer.newBuilder().setId(peer(peers.size())).setAddress(server).build());
    }
    return RaftGroup.valueOf(RaftGroupId.valueOf(ID), peers);
  }

  static RaftPeerId peer(int number) {
    return RaftPeerId.valueOf("n" + number);
  }
}
