// What the page knows: the newest snapshot and a bounded past. No DOM.

/** How far back the charts reach. */
export const HISTORY_SECONDS = 300;

/** Points of a group's sparkline, one a second. */
export const SPARK_POINTS = 60;

/** After this long without data a line is broken rather than drawn through. */
const GAP_SECONDS = 2.5;

/** Snapshots may come faster than they should; the past is bounded all the same. */
const MOST_POINTS = 2 * HISTORY_SECONDS;

const MOST_GROUPS = 1024;
const MOST_MEMBERS = 64;

const ROLES = new Set([
  'LEADER',
  'FOLLOWER',
  'CANDIDATE',
  'LEARNER',
  'FAILED',
  'JOINING',
  'REPLACED',
  'REMOVED',
  'UNREACHABLE',
]);

function number(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function text(value) {
  return typeof value === 'string' && value !== '' ? value : null;
}

function array(value, most) {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

function object(value) {
  return value !== null && typeof value === 'object' ? value : {};
}

function member(raw) {
  const from = object(raw);
  const id = number(from.id);
  return {
    id: id ?? -1,
    node: text(from.node) ?? (id === null ? '?' : `n${id}`),
    address: text(from.address),
    role: ROLES.has(from.role) ? from.role : (text(from.role) ?? 'UNKNOWN'),
    voter: from.voter !== false,
    term: number(from.term),
    commitIndex: number(from.commitIndex),
    appliedIndex: number(from.appliedIndex),
    lastIndex: number(from.lastIndex),
    lag: number(from.lag),
    sinceContactMillis: number(from.sinceContactMillis),
    uptimeMillis: number(from.uptimeMillis),
    problem: text(from.problem),
  };
}

function group(raw) {
  const from = object(raw);
  const rates = object(from.rates);
  const id = number(from.id) ?? 0;
  return {
    id,
    name: text(from.name) ?? `g${id}`,
    slots: number(from.slots),
    share: number(from.share),
    leader: text(from.leader),
    term: number(from.term),
    voters: number(from.voters),
    answering: number(from.answering),
    quorum: from.quorum === true,
    rates: {
      reads: number(rates.reads),
      writes: number(rates.writes),
      failed: number(rates.failed),
    },
    members: array(from.members, MOST_MEMBERS)
      .map(member)
      .sort((a, b) => a.id - b.id),
  };
}

/** A link that may be followed: http or https, or null. */
export function safeLink(value) {
  try {
    const url = new URL(value);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

/** A snapshot with every field there and of its kind, groups and members in the order of their ids. */
export function normalise(raw) {
  const from = object(raw);
  const balancer = object(from.balancer);
  const rates = object(balancer.rates);
  const latency = balancer.latencyMicros;
  return {
    at: number(from.at),
    clusterId: text(from.clusterId),
    version: text(from.version),
    ringEpoch: number(from.ringEpoch),
    slots: number(from.slots),
    chaos: from.chaos === true,
    grafana: safeLink(from.grafana),
    groups: array(from.groups, MOST_GROUPS)
      .map(group)
      .sort((a, b) => a.id - b.id),
    balancer: {
      rates: {
        get: number(rates.get),
        put: number(rates.put),
        delete: number(rates.delete),
        scan: number(rates.scan),
      },
      failed: number(balancer.failed),
      retries: number(balancer.retries),
      inFlight: number(balancer.inFlight),
      latencyMicros:
        latency === null || typeof latency !== 'object'
          ? null
          : { p50: number(latency.p50), p99: number(latency.p99), p999: number(latency.p999) },
    },
  };
}

/** Requests per second of all kinds; null when none is known. */
export function totalRate(rates) {
  const values = Object.values(rates).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

/** Columns of numbers over the last minutes; column 0 is the time in seconds, growing. */
export class History {
  constructor(columns, spanSeconds = HISTORY_SECONDS) {
    this.columns = Array.from({ length: columns + 1 }, () => []);
    this.spanSeconds = spanSeconds;
  }

  /** Adds a row; after a pause a row of nulls goes before it, so that the line shows a gap. */
  push(atSeconds, values) {
    const times = this.columns[0];
    let at = atSeconds;
    if (times.length > 0) {
      const last = times[times.length - 1];
      if (at < last - 5) {
        this.clear();
      } else if (at <= last) {
        at = last + 0.001;
      } else if (at - last > GAP_SECONDS) {
        this.#row(last + 1, values.map(() => null));
      }
    }
    this.#row(at, values);
    while (times[0] < at - this.spanSeconds || times.length > MOST_POINTS) {
      this.columns.forEach((column) => column.shift());
    }
  }

  clear() {
    this.columns.forEach((column) => {
      column.length = 0;
    });
  }

  #row(at, values) {
    this.columns[0].push(at);
    values.forEach((value, i) => this.columns[i + 1].push(value));
  }
}

/** Everything the views draw from. */
export class State {
  snapshot = null;
  /** put, get, delete, scan, failed: per second. */
  rates = new History(5);
  /** p50, p99, p99.9: microseconds. */
  latency = new History(3);
  #sparks = new Map();

  /** Takes in a snapshot as it came, received at a time of this browser's clock. */
  accept(raw, nowMillis) {
    const snapshot = normalise(raw);
    this.snapshot = snapshot;
    const { rates, failed, latencyMicros } = snapshot.balancer;
    const at = nowMillis / 1000;
    this.rates.push(at, [rates.get, rates.put, rates.delete, rates.scan, failed]);
    const l = latencyMicros ?? { p50: null, p99: null, p999: null };
    this.latency.push(at, [l.p50, l.p99, l.p999].map((v) => (v === null ? null : Math.max(1, v))));
    this.#rememberGroups(snapshot.groups);
  }

  #rememberGroups(groups) {
    const present = new Set();
    for (const g of groups) {
      present.add(g.name);
      let spark = this.#sparks.get(g.name);
      if (spark === undefined) {
        spark = [];
        this.#sparks.set(g.name, spark);
      }
      spark.push((g.rates.reads ?? 0) + (g.rates.writes ?? 0));
      if (spark.length > SPARK_POINTS) {
        spark.shift();
      }
    }
    for (const name of this.#sparks.keys()) {
      if (!present.has(name)) {
        this.#sparks.delete(name);
      }
    }
  }

  /** Requests per second of a group over the last minute, oldest first. */
  spark(name) {
    return this.#sparks.get(name) ?? [];
  }

  /** A group of the newest snapshot, or null. */
  group(name) {
    return this.snapshot?.groups.find((g) => g.name === name) ?? null;
  }
}
