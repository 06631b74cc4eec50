package dev.flotilla.raft.transport;

import dev.flotilla.client.NodeAddress;
import dev.flotilla.proto.admin.v1.AddMember;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.raft.core.Member;
import java.util.Optional;

/**
 * What can be wrong with a change of members before any group is looked at: what passes here ends
 * up in logs and must make sense to whoever reads them later.
 */
final class ChangeMembersCheck {
  private static final int MAX_ID = 65_535;

  private ChangeMembersCheck() {}

  /** Empty when the request makes sense. */
  static Optional<String> objection(ChangeMembersRequest request) {
    if (!isId(request.getGroup())) {
      return Optional.of("a change names a group, from 1 to " + MAX_ID);
    }
    return switch (request.getChangeCase()) {
      case ADD -> objection(request.getAdd());
      case REMOVE -> node(request.getRemove().getNode());
      case REPLACE -> {
        int leaving = request.getReplace().getNode();
        AddMember newcomer = request.getReplace().getNewcomer();
        yield leaving == newcomer.getNode()
            ? Optional.of("a node cannot replace itself; remove it and add it again")
            : node(leaving).or(() -> objection(newcomer));
      }
      case CHANGE_NOT_SET -> Optional.of("a change adds, removes or replaces a member");
    };
  }

  private static Optional<String> objection(AddMember newcomer) {
    return node(newcomer.getNode()).or(() -> address(newcomer.getAddress()));
  }

  private static Optional<String> node(int node) {
    return isId(node)
        ? Optional.empty()
        : Optional.of("a change names a node, from 1 to " + MAX_ID);
  }

  private static boolean isId(int id) {
    return id >= 1 && id <= MAX_ID;
  }

  /** Empty means: where the configuration says. */
  private static Optional<String> address(String address) {
    if (address.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (address.length() <= Member.MAX_ADDRESS_CHARS && NodeAddress.parse(address).port() > 0) {
        return Optional.empty();
      }
    } catch (IllegalArgumentException malformed) {
      // said below
    }
    return Optional.of("a newcomer's address is host:port");
  }
}
