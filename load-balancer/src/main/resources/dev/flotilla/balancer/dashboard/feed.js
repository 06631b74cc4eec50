// The live feed: what happened to the cluster, newest first, at most 200 events.

import { byId, h, icon, setAttr, setText, show } from './dom.js';
import { clock, dateAndClock, isoInstant } from './format.js';

export const MOST_EVENTS = 200;

const SEVERITY = {
  info: { word: 'info', icon: 'info' },
  warn: { word: 'warning', icon: 'warn' },
  bad: { word: 'bad', icon: 'bad' },
};

const MOST_TEXT = 500;

/** An event with every field there; null for one without a text. Pure. */
export function feedEvent(raw) {
  if (typeof raw.text !== 'string') {
    return null;
  }
  const at = typeof raw.at === 'number' ? raw.at : 0;
  const kind = typeof raw.kind === 'string' ? raw.kind : 'event';
  const group = typeof raw.group === 'string' ? raw.group : null;
  const node = typeof raw.node === 'string' ? raw.node : null;
  return {
    key: `${raw.id}|${at}|${kind}|${group}|${node}`,
    at,
    kind,
    severity: Object.hasOwn(SEVERITY, raw.severity) ? raw.severity : 'info',
    group,
    node,
    text: raw.text.slice(0, MOST_TEXT),
  };
}

/**
 * The newest events, each once. A balancer that is connected to anew tells its last events again,
 * and one that was restarted counts from 1 again, so an event is known by more than its id.
 */
export class FeedLog {
  /** Newest first. */
  events = [];
  #keys = new Set();

  constructor(most = MOST_EVENTS) {
    this.most = most;
  }

  /**
   * Takes an event in by its time.
   *
   * @returns where it stands now, or -1 when it is known already or too old
   */
  add(event) {
    if (this.#keys.has(event.key)) {
      return -1;
    }
    let at = 0;
    while (at < this.events.length && this.events[at].at > event.at) {
      at++;
    }
    if (at >= this.most) {
      return -1;
    }
    this.events.splice(at, 0, event);
    this.#keys.add(event.key);
    while (this.events.length > this.most) {
      this.#keys.delete(this.events.pop().key);
    }
    return at;
  }
}

export class FeedView {
  #list = byId('feed');
  #empty = byId('feed-empty');
  #log = new FeedLog();
  #waiting = [];
  #buttons = new Map();
  #hidden = new Set();

  constructor() {
    for (const severity of Object.keys(SEVERITY)) {
      const button = byId(`feed-${severity}`);
      this.#buttons.set(severity, button);
      button.addEventListener('click', () => this.#toggle(severity));
    }
  }

  /** Takes an event as it came; it is shown by the next {@link update}. */
  take(raw) {
    const event = feedEvent(raw);
    if (event !== null) {
      this.#waiting.push(event);
      if (this.#waiting.length > MOST_EVENTS) {
        this.#waiting.shift();
      }
    }
  }

  update() {
    for (const event of this.#waiting) {
      const at = this.#log.add(event);
      if (at >= 0) {
        this.#list.insertBefore(item(event), this.#list.children[at] ?? null);
      }
    }
    this.#waiting.length = 0;
    while (this.#list.children.length > this.#log.events.length) {
      this.#list.lastElementChild.remove();
    }
    this.#count();
  }

  #toggle(severity) {
    if (this.#hidden.has(severity)) {
      this.#hidden.delete(severity);
    } else {
      this.#hidden.add(severity);
    }
    setAttr(this.#list, 'data-hide', [...this.#hidden].join(' '));
    this.#count();
  }

  #count() {
    let visible = 0;
    for (const [severity, button] of this.#buttons) {
      const count = this.#log.events.filter((event) => event.severity === severity).length;
      const shown = !this.#hidden.has(severity);
      setAttr(button, 'aria-pressed', shown);
      setText(button.querySelector('.count'), String(count));
      visible += shown ? count : 0;
    }
    show(this.#empty, visible === 0);
    const none = 'Nothing has happened since this balancer began to watch.';
    const filtered = 'Every event is filtered out.';
    setText(this.#empty, this.#log.events.length === 0 ? none : filtered);
  }
}

function item(event) {
  const { word, icon: symbol } = SEVERITY[event.severity];
  const where = [event.group, event.node].filter((part) => part !== null).join(' · ');
  return h(
    'li',
    { 'data-testid': 'feed-item', 'data-kind': event.kind, 'data-severity': event.severity },
    h('time', {
      datetime: isoInstant(event.at),
      title: dateAndClock(event.at),
      text: clock(event.at),
    }),
    h('span', { class: 'severity' }, icon(symbol), h('span', { text: word })),
    h('span', { class: 'feed-text', text: event.text }),
    h('span', { class: 'feed-where', text: where === '' ? event.kind : `${event.kind} · ${where}` }),
  );
}
