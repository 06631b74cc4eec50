package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.Effect.RoleChanged;
import dev.flotilla.raft.core.Role;
import org.junit.jupiter.api.Test;

final class RoleNewsTest {
  private static final long SECOND = 1_000_000_000L;

  private final RoleNews news = new RoleNews();

  private boolean isNews(Role role, long term, int leader, long second) {
    return news.isNews(new RoleChanged(role, term, leader), second * SECOND);
  }

  @Test
  void aReplicaThatNobodyLetsCampaignIsToldOfOnceAMinute() {
    int told = 0;
    for (int second = 0; second < 600; second++) {
      Role role = second % 2 == 0 ? Role.PRE_CANDIDATE : Role.FOLLOWER;
      told += isNews(role, 4, 0, second) ? 1 : 0;
    }
    assertThat(told).isEqualTo(20);
    assertThat(news.takePassedOver()).isEqualTo(580);
    assertThat(news.takePassedOver()).isZero();
  }

  @Test
  void everyTermAndEveryLeaderIsNews() {
    assertThat(isNews(Role.FOLLOWER, 4, 0, 0)).isTrue();
    assertThat(isNews(Role.FOLLOWER, 4, 2, 0)).isTrue();
    assertThat(isNews(Role.FOLLOWER, 5, 2, 0)).isTrue();
    assertThat(isNews(Role.LEADER, 6, 1, 0)).isTrue();
    assertThat(news.takePassedOver()).isZero();
  }
}
