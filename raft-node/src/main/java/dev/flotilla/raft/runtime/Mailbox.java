package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that waits for the loop, in three lanes: the node's own completions, peers' messages,
 * client requests. Each pass takes all of the first and a bounded amount of the others, so that
 * neither a flood of requests nor a flood of appends keeps a heartbeat waiting for more than a pass
 * (H26).
 *
 * <p>Limits: client requests by number and bytes, and what does not fit is handed back to be
 * answered OVERLOADED; peers' messages by bytes, and what does not fit is dropped, as if lost;
 * questions of operators by number. Completions have no limit of their own: there are never more
 * than the loop has work outstanding.
 */
final class Mailbox {
  /** Most bytes of peers' messages one pass takes. */
  static final long PASS_PEER_BYTES = 8L << 20;

  /** Most client requests one pass takes. */
  static final int PASS_REQUESTS = 4_096;

  /** Most bytes of client requests one pass takes. */
  static final long PASS_REQUEST_BYTES = 4L << 20;

  /** Most operators' questions that may wait. */
  private static final int MAX_QUESTIONS = 256;

  /** A peer's batch, decoded. */
  record PeerMail(int from, List<Addressed> messages, long bytes) {}

  /**
   * @param incarnation of the replica that sent it; 0 when it does not say
   */
  record Addressed(int group, Message message, long incarnation) {}

  /** One pass's mail; used again and again. */
  static final class Delivery {
    final ArrayList<Mail> completions = new ArrayList<>();
    final ArrayList<PeerMail> peers = new ArrayList<>();
    final ArrayList<ClientCall> calls = new ArrayList<>();

    void clear() {
      completions.clear();
      peers.clear();
      calls.clear();
    }
  }

  private final int maxRequests;
  private final long maxRequestBytes;
  private final long maxPeerBytes;
  private final ArrayDeque<Mail> completions = new ArrayDeque<>();
  private final ArrayDeque<PeerMail> peers = new ArrayDeque<>();
  private final ArrayDeque<ClientCall> calls = new ArrayDeque<>();
  private long callBytes;
  private long peerBytes;
  private int questions;
  private boolean closed;
  private volatile Runnable wakeUp = () -> {};

  Mailbox(int maxRequests, long maxRequestBytes, long maxPeerBytes) {
    this.maxRequests = maxRequests;
    this.maxRequestBytes = maxRequestBytes;
    this.maxPeerBytes = maxPeerBytes;
  }

  /** What to call when mail arrived that the loop should not let wait. */
  void onMail(Runnable action) {
    wakeUp = action;
  }

  /** Takes as many of the requests as fit, from the first on; returns how many. -1 when closed. */
  int offerCalls(List<ClientCall> offered) {
    int taken = 0;
    synchronized (this) {
      if (closed) {
        return -1;
      }
      for (; taken < offered.size(); taken++) {
        ClientCall call = offered.get(taken);
        if (calls.size() >= maxRequests || callBytes + call.bytes() > maxRequestBytes) {
          break;
        }
        calls.add(call);
        callBytes += call.bytes();
      }
    }
    if (taken > 0) {
      wakeUp.run();
    }
    return taken;
  }

  /** Whether a peer's batch of this size would be taken: asked before it is decoded. */
  synchronized boolean hasRoomForPeer(long bytes) {
    return !closed && (peerBytes == 0 || peerBytes + bytes <= maxPeerBytes);
  }

  boolean offerPeer(PeerMail mail) {
    synchronized (this) {
      if (!hasRoomForPeer(mail.bytes())) {
        return false;
      }
      peers.add(mail);
      peerBytes += mail.bytes();
    }
    wakeUp.run();
    return true;
  }

  void complete(Mail mail) {
    synchronized (this) {
      completions.add(mail);
    }
    wakeUp.run();
  }

  /** Like {@link #complete}, for mail that may wait until the loop runs anyway. */
  synchronized void completeQuietly(Mail mail) {
    completions.add(mail);
  }

  /** False when too many questions wait, or the node has stopped. */
  boolean ask(Mail question) {
    synchronized (this) {
      if (closed || questions >= MAX_QUESTIONS) {
        return false;
      }
      questions++;
      completions.add(question);
    }
    wakeUp.run();
    return true;
  }

  /** Moves a pass's worth of mail into {@code delivery}. */
  synchronized void drainInto(Delivery delivery) {
    delivery.completions.addAll(completions);
    completions.clear();
    questions = 0;
    long bytes = 0;
    while (!peers.isEmpty() && (bytes == 0 || bytes + peers.peek().bytes() <= PASS_PEER_BYTES)) {
      PeerMail mail = peers.remove();
      bytes += mail.bytes();
      delivery.peers.add(mail);
    }
    peerBytes -= bytes;
    bytes = 0;
    while (!calls.isEmpty()
        && delivery.calls.size() < PASS_REQUESTS
        && (bytes == 0 || bytes + calls.peek().bytes() <= PASS_REQUEST_BYTES)) {
      ClientCall call = calls.remove();
      bytes += call.bytes();
      delivery.calls.add(call);
    }
    callBytes -= bytes;
  }

  synchronized boolean isEmpty() {
    return completions.isEmpty() && peers.isEmpty() && calls.isEmpty();
  }

  /** Takes nothing more from outside; what waits is left for a last {@link #drainInto}. */
  synchronized void close() {
    closed = true;
  }
}
