package dev.flotilla.balancer.routing;

import java.util.Comparator;
import java.util.List;

/** A group and where its nodes are. */
public record GroupMembers(int id, String name, List<GroupView.Member> members) {
  public GroupMembers {
    if (members.isEmpty()) {
      throw new IllegalArgumentException("group " + name + " has no members");
    }
    members = members.stream().sorted(Comparator.comparingInt(GroupView.Member::node)).toList();
  }
}
