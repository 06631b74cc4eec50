package dev.flotilla.kv;

import org.jspecify.annotations.Nullable;

/**
 * Exactly once: every slot's sessions.
 *
 * <p>A session passes through three ages, told by the replicated clock alone (H57):
 *
 * <ul>
 *   <li><b>live</b>, until {@code sessionTtl} after the client's last new command in the slot: a
 *       repeated command gets its answer again;
 *   <li><b>retired</b>, for {@code sessionRetired} more: the answers are gone, but the highest
 *       sequence number is known. A command up to it is refused with SESSION_EXPIRED, since it may
 *       have been carried out; one above it was never here, is carried out, and makes the session
 *       live again. (An unknown client cannot be refused outright: clients number their commands
 *       over all slots and come to most slots late, so a first command looks like any other. Nor
 *       can it simply be carried out: that would double a late retry, counter-example: SET x is
 *       applied, its answer is lost, the client sleeps for two hours, somebody else writes x, the
 *       retry arrives.)
 *   <li><b>forgotten</b>: the record is removed, which bounds the space. A client must not repeat a
 *       command after {@code sessionTtl + sessionRetired}, by default a week and an hour.
 * </ul>
 *
 * <p>Age is judged when a command arrives; the sweep only reclaims space and changes no answer.
 */
final class SessionTable {
  private final ReplicatedState state;
  private final ExpiryIndex expiry;

  SessionTable(ReplicatedState state, ExpiryIndex expiry) {
    this.state = state;
    this.expiry = expiry;
  }

  /** A session as a command finds it, and the record it came from. */
  record Found(byte[] key, byte @Nullable [] record, Session session) {}

  Found find(int slot, long clientHigh, long clientLow) {
    byte[] key = Keys.session(slot, clientHigh, clientLow);
    byte[] record = state.get(key);
    long clockMillis = state.clockMillis();
    if (record == null) {
      return new Found(key, null, new Session(clockMillis, 0));
    }
    Session session = Session.decode(record);
    if (clockMillis >= forgottenAt(session)) {
      return new Found(key, record, new Session(clockMillis, session.indexedAtMillis()));
    }
    if (clockMillis >= retiredAt(session)) {
      session.retire();
    }
    return new Found(key, record, session);
  }

  void remember(Found found, long seq, long ackedBelow, Reply.Done answer) {
    Session session = found.session();
    session.remember(
        seq, answer, ackedBelow, state.slotTable().settings().sessionWindow(), state.clockMillis());
    if (found.record() == null) {
      index(found.key(), session, retiredAt(session));
    }
    state.replace(found.key(), found.record(), session.encode());
  }

  /**
   * Looks after a session whose index entry fell due. Entries are not moved at every command, which
   * would double its writes: they come due early, find the session still active, and move then.
   */
  void sweep(ExpiryIndex.Due due) {
    byte[] record = state.get(due.recordKey());
    if (record == null) {
      throw new IllegalStateException("the expiry index names a session that is not there");
    }
    expiry.remove(due.atMillis(), due.recordKey());
    Session session = Session.decode(record);
    long clockMillis = state.clockMillis();
    if (clockMillis >= forgottenAt(session)) {
      state.replace(due.recordKey(), record, null);
      return;
    }
    if (clockMillis >= retiredAt(session)) {
      session.retire();
      index(due.recordKey(), session, forgottenAt(session));
    } else {
      index(due.recordKey(), session, retiredAt(session));
    }
    state.replace(due.recordKey(), record, session.encode());
  }

  /**
   * Rounds up to an eighth of the time to live: sessions come due in groups, not each by an entry
   * of its own.
   */
  private void index(byte[] key, Session session, long dueMillis) {
    long step = Math.max(1, state.slotTable().settings().sessionTtlMillis() / 8);
    long atMillis = (dueMillis + step - 1) / step * step;
    session.reindexed(atMillis);
    expiry.add(atMillis, key);
  }

  private long retiredAt(Session session) {
    return session.lastActiveMillis() + state.slotTable().settings().sessionTtlMillis();
  }

  private long forgottenAt(Session session) {
    return retiredAt(session) + state.slotTable().settings().sessionRetiredMillis();
  }
}
