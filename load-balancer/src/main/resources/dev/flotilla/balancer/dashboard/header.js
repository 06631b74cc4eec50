// The top of the page: who this is, whether the data is fresh, and what is wrong, in one line.

import { announce } from './dialogs.js';
import { byId, setAttr, setIcon, setText, show } from './dom.js';
import { clock, integer, micros, NONE, rate } from './format.js';
import { totalRate } from './state.js';
import { connectionWord, oldDataSentence, shownVerdict } from './verdict.js';

const TITLE_MARK = { ok: '✓', warn: '!', bad: '✗', unknown: '?' };

/** What the balancer does right now, in a line. Pure. */
export function totalsLine(balancer) {
  const p99 = balancer.latencyMicros === null ? NONE : micros(balancer.latencyMicros.p99);
  return [
    `${rate(totalRate(balancer.rates))} requests/s`,
    `p99 ${p99}`,
    `${rate(balancer.failed)} failed/s`,
    `${rate(balancer.retries)} retries/s`,
    `${integer(balancer.inFlight)} in flight`,
  ].join(' · ');
}

export class HeaderView {
  #verdict = byId('verdict');
  #verdictIcon = byId('verdict').querySelector('svg');
  #oldTags = [...document.querySelectorAll('.old-tag')];
  #said = '';

  /** Connection and verdict; called also while nothing comes, for the ages to grow. */
  update(snapshot, connection, now) {
    setAttr(document.documentElement, 'data-connection', connection.state);
    setAttr(byId('connection'), 'data-state', connection.state);
    setText(byId('connection-text'), connectionWord(connection, now));

    const old = oldDataSentence(connection, now);
    show(byId('old-banner'), old !== null);
    setText(byId('old-banner'), old ?? '');
    const isOld = old !== null && connection.lastDataAt > 0;
    const tag = isOld ? `old, ${clock(connection.lastDataAt)}` : '';
    this.#oldTags.forEach((node) => setText(node, tag));

    const { level, text } = shownVerdict(snapshot, connection);
    setAttr(this.#verdict, 'data-level', level);
    setIcon(this.#verdictIcon, level);
    setText(byId('verdict-text'), text);
    const title = `${TITLE_MARK[level]} ${text} – Flotilla`;
    if (document.title !== title) {
      document.title = title;
    }
    this.#say(connection.state, text);
  }

  /** Tells screen readers what changed, not how long it has been so. */
  #say(state, verdict) {
    const old = state === 'stale' || state === 'reconnecting';
    const words = old ? `The data is old: the event stream is ${state}. ${verdict}` : verdict;
    if (state !== 'connecting' && words !== this.#said) {
      this.#said = words;
      announce(words);
    }
  }

  /** What a snapshot says about the cluster as a whole. */
  describe(snapshot) {
    setText(byId('cluster-id'), snapshot.clusterId ?? NONE);
    setText(byId('version'), snapshot.version ?? NONE);
    show(byId('chaos-on'), snapshot.chaos);
    const grafana = byId('grafana');
    show(grafana, snapshot.grafana !== null);
    setAttr(grafana, 'href', snapshot.grafana ?? '#');
    setText(byId('totals'), totalsLine(snapshot.balancer));
  }
}
