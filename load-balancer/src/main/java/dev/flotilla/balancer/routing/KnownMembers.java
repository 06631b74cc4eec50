package dev.flotilla.balancer.routing;

import dev.flotilla.balancer.routing.GroupView.Member;
import dev.flotilla.proto.client.v1.Members;
import dev.flotilla.proto.client.v1.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to one group, as far as we know: what the configuration said first, then the newest
 * membership any replica told of. A membership is newer when its place in the log is, by term and
 * then by index; so a deposed leader's last wish, which may have a high index and was never
 * committed, gives way to what its successors wrote. While a change is under way a replica names
 * the old voters along with the new, so that some majority of the group is among them in any case.
 *
 * <p>Besides, a node that others call the leader may be asked although no membership names it yet.
 *
 * <p>Bounded: one membership, one such guest, and the configuration. Thread-safe.
 */
final class KnownMembers {
  /** Larger memberships are not believed. */
  static final int MOST_MEMBERS = 64;

  private static final Pattern ADDRESS = Pattern.compile("\\S{1,255}:[1-9][0-9]{0,4}");

  private final List<Member> configured;
  private final Runnable onChange;
  private volatile State state;

  private record State(
      List<Member> members, long term, long index, boolean changing, @Nullable Member guest) {}

  /**
   * @param onChange called after every change of {@link #everyone}, on the thread that brought it
   */
  KnownMembers(List<Member> configured, Runnable onChange) {
    this.configured = List.copyOf(configured);
    this.onChange = onChange;
    this.state = new State(this.configured, 0, -1, false, null);
  }

  /** The members, and the guest as long as it is one; ascending by id. */
  List<Member> members() {
    State now = state;
    if (now.guest == null) {
      return now.members;
    }
    List<Member> all = new ArrayList<>(now.members);
    all.add(now.guest);
    all.sort(Comparator.comparingInt(Member::node));
    return all;
  }

  /**
   * The members and those of the configuration that are none any more: whom to ask when no member
   * answers. They know at least the change that removed them.
   */
  List<Member> everyone() {
    Map<Integer, Member> all = new TreeMap<>();
    configured.forEach(member -> all.put(member.node(), member));
    members().forEach(member -> all.put(member.node(), member));
    return List.copyOf(all.values());
  }

  /** Whether a request for the group may be sent to the node. */
  boolean has(int node) {
    State now = state;
    for (Member member : now.members) {
      if (member.node() == node) {
        return true;
      }
    }
    return now.guest != null && now.guest.node() == node;
  }

  /** Whether the newest membership known is one on the way to another. */
  boolean isChanging() {
    return state.changing;
  }

  /** Takes note of what a replica says of its group, if it is news. */
  void learn(Reply reply) {
    if (!reply.hasMembers()) {
      return;
    }
    Members told = reply.getMembers();
    synchronized (this) {
      State now = state;
      if (!isNewer(told, now)) {
        return;
      }
      List<Member> members = members(told);
      if (members.isEmpty()) {
        return;
      }
      // Whoever was called the leader before is a member now, or was mistaken for one.
      state = new State(members, told.getTerm(), told.getIndex(), told.getChanging(), null);
      if (members.equals(now.members) && now.guest == null) {
        return;
      }
    }
    onChange.run();
  }

  private static boolean isNewer(Members told, State now) {
    return told.getTerm() > now.term || (told.getTerm() == now.term && told.getIndex() > now.index);
  }

  /** Empty when the list makes no sense. Members nobody knows the address of are left out. */
  private List<Member> members(Members told) {
    if (told.getMembersCount() > MOST_MEMBERS) {
      return List.of();
    }
    Map<Integer, Member> members = new TreeMap<>();
    for (dev.flotilla.proto.client.v1.Member member : told.getMembersList()) {
      String address = addressOf(member.getNode(), member.getAddress());
      if (member.getNode() > 0 && !address.isEmpty()) {
        members.put(member.getNode(), new Member(member.getNode(), address, member.getVoter()));
      }
    }
    return List.copyOf(members.values());
  }

  private String addressOf(int node, String told) {
    if (isAddress(told)) {
      return told;
    }
    for (Member member : everyone()) {
      if (member.node() == node) {
        return member.address();
      }
    }
    return "";
  }

  /** Enough to tell an address from none; whoever dials it will find out the rest. */
  private static boolean isAddress(String text) {
    return ADDRESS.matcher(text).matches();
  }

  /**
   * Somebody calls this node the group's leader: it may be asked from now on, in place of the one
   * called so before.
   *
   * @param address where it is; empty when whoever named it did not know
   */
  void admit(int node, String address) {
    synchronized (this) {
      State now = state;
      String where = addressOf(node, address);
      if (has(node) || node < 1 || where.isEmpty()) {
        return;
      }
      state =
          new State(now.members, now.term, now.index, now.changing, new Member(node, where, true));
    }
    onChange.run();
  }
}
