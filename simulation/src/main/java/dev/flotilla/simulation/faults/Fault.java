package dev.flotilla.simulation.faults;

/**
 * One thing that goes wrong.
 *
 * @param atMillis when, since the run began
 * @param forMillis how long, where that means something
 * @param node whom; 0 = whoever leads {@code group} then
 * @param group whose leader is meant, or which group is hit
 * @param amount what kind it is of: see {@link Kind}
 */
public record Fault(Kind kind, int atMillis, int forMillis, int node, int group, int amount) {

  /** What can go wrong; the comments say what {@link Fault#amount} means. */
  public enum Kind {
    /** The process is killed and started again. */
    KILL,
    /** The machine loses power. 1 = without a sign to the others. */
    POWER_LOSS,
    /** The power goes in the middle of a pass, before the amount-th next change of the disk. */
    POWER_CUT_INSIDE,
    /** All machines lose power at once. */
    POWER_LOSS_OF_ALL,
    /** The process stands still. */
    PAUSE,
    /** The network splits in two; the amount's bits say who is on which side. */
    PARTITION,
    /** The node is alone. */
    ISOLATE,
    /**
     * A leader is cut off together with a balancer (amount) that many write through just then: its
     * log grows a tail that nobody else has.
     */
    STRAND,
    /** The node hears nobody, or nobody hears it (amount 1). */
    ONE_WAY,
    /** The node is the only one to reach both halves of the others; bits as for a partition. */
    BRIDGE,
    /** The node is cut off and joined again, every amount milliseconds. */
    FLAPPING,
    /** Messages are lost, repeated, late, out of order; amount = how bad, 1 to 100. */
    LINK_TROUBLE,
    /** Connections break without anything else happening. */
    CONNECTION_BREAK,
    /** Each sync of the disk takes amount milliseconds. */
    SLOW_DISK,
    /** The amount-th next sync fails. */
    SYNC_FAILURE,
    /** The amount-th next read fails. */
    READ_FAILURE,
    /** The disk has room for amount KiB more. */
    DISK_FULL,
    /** The machine comes back with an empty disk. */
    WIPE,
    /** While the process is down, a bit of a file changes. */
    BIT_ROT,
    /** The wall clock jumps by amount seconds. */
    WALL_JUMP,
    /**
     * A balancer (node counts them) is killed and another takes its place; for a while with a wrong
     * ring (amount 1).
     */
    BALANCER_RESTART,
    /** An operator adds, removes or replaces a member; the amount says which and whom. */
    MEMBERS,
    /** An operator asks the leader to hand over to a node (amount, 0 = the best). */
    TRANSFER
  }
}
