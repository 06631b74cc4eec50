// The cards, one per group. With many groups: a filter, pages, and tables that fold.

import { byId, calm, h, icon, reconcile, setAttr, setIcon, setText, show } from './dom.js';
import { integer, NONE, percent, rate } from './format.js';
import { memberTable } from './members.js';
import { colourOf } from './ringshape.js';
import { sparkline } from './spark.js';
import { SPARK_POINTS } from './state.js';
import { groupAlarm, groupLevel, groupWord } from './verdict.js';

const PAGE_SIZE = 12;

/** From this many groups on there is a filter. */
const FILTER_FROM = 5;

/** The groups that a filter lets through. Pure. */
export function matching(groups, text, onlyTrouble) {
  const wanted = text.trim().toLowerCase();
  return groups.filter((group) => {
    if (onlyTrouble && groupLevel(group) === 'ok') {
      return false;
    }
    return (
      wanted === '' ||
      group.name.toLowerCase().includes(wanted) ||
      group.members.some((member) => member.node.toLowerCase().includes(wanted))
    );
  });
}

const LEVEL_ICON = { ok: 'ok', warn: 'warn', bad: 'bad' };

function fact(label, value) {
  return h('div', { class: 'fact' }, h('dt', { text: label }), h('dd', {}, value));
}

export class GroupsView {
  #cards = byId('group-cards');
  #filter = byId('group-filter');
  #onlyTrouble = byId('group-trouble');
  #actions;
  #page = 0;
  #state = null;
  /** Whether a group's table is unfolded, for groups where that was chosen or forced by trouble. */
  #unfolded = new Map();

  /** @param actions stepDown(group) and fault(action, node) */
  constructor(actions) {
    this.#actions = actions;
    const restart = () => {
      this.#page = 0;
      this.#draw();
    };
    this.#filter.addEventListener('input', restart);
    this.#onlyTrouble.addEventListener('change', restart);
    byId('groups-back').addEventListener('click', () => this.#turn(-1));
    byId('groups-next').addEventListener('click', () => this.#turn(1));
  }

  update(state) {
    this.#state = state;
    if (state.snapshot !== null) {
      this.#draw();
    }
  }

  /** Brings a group's card into view and gives it the focus. */
  reveal(name) {
    const groups = this.#state?.snapshot?.groups ?? [];
    if (!groups.some((group) => group.name === name)) {
      return false;
    }
    if (!this.#matching().some((group) => group.name === name)) {
      this.#filter.value = '';
      this.#onlyTrouble.checked = false;
    }
    const at = this.#matching().findIndex((group) => group.name === name);
    this.#page = Math.floor(at / PAGE_SIZE);
    this.#unfolded.set(name, true);
    this.#draw();
    const card = this.#cards.querySelector(`[data-group="${CSS.escape(name)}"]`);
    card?.querySelector('h3')?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' });
    return card !== null;
  }

  #matching() {
    return matching(this.#state.snapshot.groups, this.#filter.value, this.#onlyTrouble.checked);
  }

  #turn(by) {
    this.#page += by;
    this.#draw();
    byId('groups-title').focus({ preventScroll: true });
    byId('groups-title').scrollIntoView({ block: 'nearest' });
  }

  #draw() {
    if (this.#state === null || this.#state.snapshot === null) {
      return;
    }
    const groups = this.#state.snapshot.groups;
    const found = this.#matching();
    const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
    this.#page = Math.min(Math.max(0, this.#page), pages - 1);
    const from = this.#page * PAGE_SIZE;
    const shown = found.slice(from, from + PAGE_SIZE);
    this.#forget(groups);

    const filtered = this.#filter.value !== '' || this.#onlyTrouble.checked;
    show(byId('group-tools'), filtered || groups.length >= FILTER_FROM);
    show(byId('groups-pager'), pages > 1);
    setAttr(byId('groups-back'), 'aria-disabled', this.#page === 0 ? 'true' : null);
    setAttr(byId('groups-next'), 'aria-disabled', this.#page === pages - 1 ? 'true' : null);
    setText(byId('groups-page'), `${from + 1}–${from + shown.length} of ${found.length}`);
    setText(byId('groups-note'), this.#note(groups, found));

    const lostFocus = reconcile(
      this.#cards,
      shown,
      (group) => group.name,
      (group) => this.#card(group),
    );
    if (lostFocus) {
      byId('groups-title').focus({ preventScroll: true });
    }
  }

  #note(groups, found) {
    if (groups.length === 0) {
      return 'This balancer knows of no group.';
    }
    if (found.length === 0) {
      return this.#onlyTrouble.checked && this.#filter.value === ''
        ? 'No group is in trouble.'
        : 'No group matches.';
    }
    return found.length === groups.length ? '' : `${found.length} of ${groups.length} groups`;
  }

  #forget(groups) {
    const names = new Set(groups.map((group) => group.name));
    for (const name of this.#unfolded.keys()) {
      if (!names.has(name)) {
        this.#unfolded.delete(name);
      }
    }
  }

  #isUnfolded(group, level) {
    if (!this.#unfolded.has(group.name)) {
      if (this.#state.snapshot.groups.length <= PAGE_SIZE) {
        return true;
      }
      if (level === 'bad') {
        // Stays open when the trouble is over, so that nothing moves under the reader.
        this.#unfolded.set(group.name, true);
      }
    }
    return this.#unfolded.get(group.name) === true;
  }

  #card(group) {
    const name = group.name;
    const titleId = `group-${group.id}-title`;
    const levelIcon = icon('ok');
    const levelWord = h('span');
    const leader = h('strong');
    const term = h('span');
    const share = h('span');
    const reads = h('span');
    const writes = h('span');
    const failed = h('span');
    const spark = sparkline(SPARK_POINTS);
    const alarmText = h('span');
    const alarm = h('p', { class: 'alarm', hidden: true }, icon('bad'), alarmText);
    const table = memberTable(name, (action, node) => this.#actions.fault(action, node));
    const foldWord = h('span');
    const title = h('h3', { id: titleId, tabindex: '-1' });
    const fold = h('button', {
      type: 'button',
      class: 'small',
      on: {
        click: () => {
          this.#unfolded.set(name, fold.getAttribute('aria-expanded') !== 'true');
          this.#draw();
        },
      },
    }, foldWord, h('span', { class: 'visually-hidden', text: ` of ${name}` }));
    const stepDown = h('button', {
      type: 'button',
      class: 'small',
      'data-testid': 'step-down',
      'aria-label': `Step down the leader of ${name}`,
      text: 'Step down',
      on: { click: () => this.#actions.stepDown(name) },
    });
    title.append(h('span', { class: 'swatch', 'aria-hidden': 'true' }), name);
    const root = h(
      'article',
      {
        class: 'card',
        'data-testid': 'group-card',
        'data-group': name,
        'data-colour': colourOf(group.id),
        'aria-labelledby': titleId,
      },
      h(
        'div',
        { class: 'card-head' },
        title,
        h('span', { class: 'level' }, levelIcon, levelWord),
        h(
          'dl',
          { class: 'facts' },
          fact('Leader', leader),
          fact('Term', term),
          fact('Slots', share),
          fact('Reads/s', reads),
          fact('Writes/s', writes),
          fact('Failed/s', failed),
        ),
        spark.root,
        h('span', { class: 'card-tools' }, fold, stepDown),
      ),
      alarm,
      table.root,
    );

    const update = (now) => {
      const level = groupLevel(now);
      const sentence = groupAlarm(now);
      setAttr(root, 'data-leader', now.leader ?? '');
      setAttr(root, 'data-quorum', now.quorum);
      setAttr(root, 'data-level', level);
      setIcon(levelIcon, LEVEL_ICON[level]);
      setText(levelWord, groupWord(now));
      setText(leader, now.leader ?? 'none');
      setAttr(leader, 'data-mark', now.leader === null ? 'bad' : null);
      setText(term, integer(now.term));
      setText(share, now.share === null ? integer(now.slots) : percent(now.share));
      setText(reads, rate(now.rates.reads));
      setText(writes, rate(now.rates.writes));
      setText(failed, rate(now.rates.failed));
      setAttr(failed, 'data-mark', (now.rates.failed ?? 0) >= 0.05 ? 'warn' : null);
      spark.update(this.#state.spark(name));
      show(alarm, sentence !== null);
      setText(alarmText, sentence ?? '');
      setAttr(stepDown, 'aria-disabled', now.leader === null ? 'true' : null);
      const open = this.#isUnfolded(now, level);
      setAttr(fold, 'aria-expanded', open);
      setText(foldWord, open ? 'Hide members' : `Members (${now.members.length || NONE})`);
      const hadFocus = !open && table.root.contains(document.activeElement);
      show(table.root, open);
      const lostRow = open && table.update(now, this.#state.snapshot.chaos);
      if (hadFocus || lostRow) {
        title.focus({ preventScroll: true });
      }
    };
    return { root, update };
  }
}
