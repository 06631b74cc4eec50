package dev.flotilla.bench.kill;

import java.util.OptionalLong;

/**
 * One kill and what it cost.
 *
 * @param number from 1
 * @param recoveryNanos from the kill to the first acked write of the group in a higher term; empty
 *     when none came, as is right when a follower was killed
 * @param silenceNanos the longest the group's writers were without an answer around the kill
 * @param caughtUpNanos from the restart until the node had applied what the group had committed
 */
public record Round(
    int number,
    String group,
    String node,
    long pid,
    long term,
    OptionalLong recoveryNanos,
    long silenceNanos,
    long caughtUpNanos) {}
