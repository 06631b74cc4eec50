package dev.flotilla.bench.kill;

import java.time.Duration;

/**
 * @param rounds how many kills, over the groups in turn
 * @param steadyFor how long the group must have served before a kill
 * @param recoveryTimeout a group that does not serve for so long counts as not recovered
 * @param catchUpTimeout how long a restarted node may take to have what the group committed
 * @param look pause between two looks at a status
 */
public record KillOptions(
    Victim victim,
    int rounds,
    Duration steadyFor,
    Duration recoveryTimeout,
    Duration catchUpTimeout,
    Duration look) {

  public static final KillOptions DEFAULT =
      new KillOptions(
          Victim.LEADER,
          20,
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofMillis(50));

  public KillOptions {
    if (rounds < 1) {
      throw new IllegalArgumentException("one round or more");
    }
  }
}
