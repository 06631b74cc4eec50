// The event stream, and an honest word about it: live, stale, reconnecting, paused.

/** Snapshots come once a second; after this long without one, what is shown is old. */
export const STALE_MILLIS = 3_000;

/** A stream that is open and silent for this long is given up and opened anew. */
const SILENT_MILLIS = 10_000;

/** A page nobody sees lets go of its stream: a browser has only six connections per server. */
const HIDDEN_MILLIS = 300_000;

const FIRST_RETRY_MILLIS = 500;
const LAST_RETRY_MILLIS = 5_000;
const CHECK_MILLIS = 500;

/** How long to wait before the attempt with this number, from 0. */
export function retryMillis(attempt) {
  return Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS * 2 ** Math.min(attempt, 8));
}

/**
 * One EventSource after another. The browser's own reconnecting is not relied upon: it gives up
 * for good on an answer such as 502, never notices a connection that went silent, and hands the id
 * of the last event to a balancer that was restarted and counts from 1 again.
 */
export class Stream {
  #url;
  #onCluster;
  #onFeed;
  #onChange;
  #open;
  #now;
  #source = null;
  #openedAt = 0;
  #heardSinceOpen = false;
  #lastDataAt = 0;
  #brokenSince = 0;
  #nextTryAt = 0;
  #attempt = 0;
  #hiddenSince = 0;
  #paused = false;

  /**
   * @param onCluster, onFeed called with an event's parsed data
   * @param onChange called when anything about {@link status} may have changed
   */
  constructor({
    url,
    onCluster,
    onFeed,
    onChange,
    open = (at) => new EventSource(at),
    now = () => Date.now(),
  }) {
    this.#url = url;
    this.#onCluster = onCluster;
    this.#onFeed = onFeed;
    this.#onChange = onChange;
    this.#open = open;
    this.#now = now;
  }

  /** Connects and keeps connected until the page is left. */
  start() {
    this.#connect();
    setInterval(() => this.check(), CHECK_MILLIS);
    document.addEventListener('visibilitychange', () => this.seen(!document.hidden));
    window.addEventListener('pagehide', () => this.#close());
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) {
        this.#connect();
      }
    });
  }

  /**
   * {state, lastDataAt, brokenSince, nextTryAt}: the state is connecting, live, stale,
   * reconnecting or paused; the times are in ms since 1970, 0 = none.
   */
  status() {
    return {
      state: this.#state(),
      lastDataAt: this.#lastDataAt,
      brokenSince: this.#brokenSince,
      nextTryAt: this.#nextTryAt,
    };
  }

  #state() {
    if (this.#paused) {
      return 'paused';
    }
    if (this.#brokenSince > 0) {
      return 'reconnecting';
    }
    if (this.#lastDataAt === 0) {
      return 'connecting';
    }
    return this.#now() - this.#lastDataAt > STALE_MILLIS ? 'stale' : 'live';
  }

  /** The watchdog: retries that are due, streams that went silent, pages that nobody sees. */
  check() {
    const now = this.#now();
    if (this.#hiddenSince > 0 && now - this.#hiddenSince > HIDDEN_MILLIS && !this.#paused) {
      this.#close();
      this.#paused = true;
    } else if (!this.#paused && this.#source === null && now >= this.#nextTryAt) {
      this.#connect();
    } else if (this.#source !== null) {
      const since = this.#heardSinceOpen ? this.#lastDataAt : this.#openedAt;
      if (now - since > SILENT_MILLIS) {
        this.#fail();
      }
    }
    this.#onChange();
  }

  /** Says whether the page can be seen. */
  seen(visible) {
    this.#hiddenSince = visible ? 0 : this.#now();
    if (visible && this.#paused) {
      this.#paused = false;
      this.#brokenSince = this.#now();
      this.#connect();
    }
    this.check();
  }

  #connect() {
    this.#close();
    const source = this.#open(this.#url);
    this.#source = source;
    this.#openedAt = this.#now();
    this.#heardSinceOpen = false;
    this.#nextTryAt = 0;
    source.addEventListener('cluster', (event) => {
      const data = source === this.#source ? parsed(event.data) : null;
      if (data !== null) {
        this.#heardSinceOpen = true;
        this.#lastDataAt = this.#now();
        this.#brokenSince = 0;
        this.#attempt = 0;
        this.#onCluster(data);
        this.#onChange();
      }
    });
    source.addEventListener('feed', (event) => {
      const data = source === this.#source ? parsed(event.data) : null;
      if (data !== null) {
        this.#onFeed(data);
      }
    });
    source.addEventListener('error', () => {
      if (source === this.#source) {
        this.#fail();
        this.#onChange();
      }
    });
  }

  #fail() {
    this.#close();
    const now = this.#now();
    if (this.#brokenSince === 0) {
      this.#brokenSince = now;
    }
    this.#nextTryAt = now + retryMillis(this.#attempt);
    this.#attempt++;
  }

  #close() {
    if (this.#source !== null) {
      this.#source.close();
      this.#source = null;
    }
  }
}

/** JSON that is an object; null for anything else. */
function parsed(data) {
  try {
    const value = JSON.parse(data);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
