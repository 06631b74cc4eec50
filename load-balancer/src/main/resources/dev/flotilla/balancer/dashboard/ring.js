// The ring of slots as a ring, with a legend that says the same in words.

import { byId, h, icon, reconcile, s, setAttr, setText, show } from './dom.js';
import { integer, percent, NONE } from './format.js';
import { json } from './http.js';
import {
  arcsByGroup,
  bandOf,
  colourOf,
  needlePath,
  OUTER,
  pointerPath,
  ringPath,
} from './ringshape.js';
import { groupLevel, groupWord } from './verdict.js';

/** After a ring that could not be read, the next attempt comes no sooner. */
const RETRY_MILLIS = 5_000;

const MOST_DESCRIBED = 12;

export class RingView {
  #svg = byId('ring');
  #arcs = byId('ring-arcs');
  #rims = byId('ring-rims');
  #legend = byId('ring-legend');
  #note = byId('ring-note');
  #onPick;
  #ring = null;
  #wantedEpoch = null;
  #loading = false;
  #nextTryAt = 0;
  #mark = null;

  /** @param onPick called with a group's name when it is picked in the legend */
  constructor(onPick) {
    this.#onPick = onPick;
  }

  /** Follows the snapshot: asks for the ring when its epoch changed, shows which groups serve. */
  update(snapshot, isLive) {
    if (snapshot === null) {
      return;
    }
    this.#wantedEpoch = snapshot.ringEpoch;
    if (isLive && (this.#ring === null || this.#ring.epoch !== snapshot.ringEpoch)) {
      this.#load();
    }
    this.#drawLegend(snapshot);
    this.#drawTrouble(snapshot);
    this.#drawMiddle(snapshot);
  }

  /** Points at a slot; null takes the pointer away. */
  mark(slot, groupName) {
    this.#mark = slot === null ? null : { slot, groupName };
    this.#drawMark();
  }

  async #load() {
    if (this.#loading || Date.now() < this.#nextTryAt) {
      return;
    }
    this.#loading = true;
    try {
      const raw = await json('GET', '/api/ring');
      const slots = Number.isInteger(raw.slots) && raw.slots > 0 ? raw.slots : 16_384;
      const runs = Array.isArray(raw.runs) ? raw.runs.slice(0, slots) : [];
      this.#ring = { epoch: raw.epoch, slots, arcs: arcsByGroup(runs, slots) };
      this.#drawArcs();
      this.#drawMark();
      setText(this.#note, '');
      if (raw.epoch !== this.#wantedEpoch) {
        // The two do not agree yet: ask again, but not at once.
        this.#nextTryAt = Date.now() + RETRY_MILLIS;
      }
    } catch (failure) {
      this.#nextTryAt = Date.now() + RETRY_MILLIS;
      setText(this.#note, `The ring could not be read: ${failure.message}. Trying again.`);
    } finally {
      this.#loading = false;
    }
  }

  #drawArcs() {
    const ids = [...this.#ring.arcs.keys()];
    reconcile(this.#arcs, ids, String, (id) => this.#arc(id));
    reconcile(this.#rims, ids, String, (id) => this.#rim(id));
  }

  #arc(id) {
    const title = s('title');
    const root = s('path', { class: 'arc', 'data-colour': colourOf(id), 'data-id': id }, title);
    const name = () => this.#legendName(id);
    root.addEventListener('pointerenter', () => this.#emphasise(id));
    root.addEventListener('pointerleave', () => this.#emphasise(null));
    root.addEventListener('click', () => this.#onPick(name()));
    const [inner, outer] = bandOf(id);
    let drawn = '';
    return {
      root,
      update: () => {
        const { arcs, slots } = this.#ring;
        const path = ringPath(arcs.get(id), slots, inner, outer);
        if (path !== drawn) {
          drawn = path;
          root.setAttribute('d', path);
        }
        setText(title, name());
      },
    };
  }

  /** The red rim outside the arcs of a group that does not serve. */
  #rim(id) {
    const root = s('path', { class: 'rim', 'data-id': id, hidden: true });
    return {
      root,
      update: () => {
        const { arcs, slots } = this.#ring;
        setAttr(root, 'd', ringPath(arcs.get(id), slots, OUTER + 1.5, OUTER + 5));
      },
    };
  }

  #legendName(id) {
    const row = this.#legend.querySelector(`[data-id="${Number(id)}"]`);
    return row === null ? `g${id}` : row.dataset.group;
  }

  #drawLegend(snapshot) {
    reconcile(
      this.#legend,
      snapshot.groups,
      (group) => group.name,
      (group) => {
        const share = h('span', { class: 'legend-share' });
        const trouble = h('span', { class: 'legend-trouble', hidden: true }, icon('bad'));
        const word = h('span', { class: 'visually-hidden' });
        const button = h(
          'button',
          {
            type: 'button',
            class: 'legend-row',
            'data-colour': colourOf(group.id),
            'data-id': group.id,
            'data-group': group.name,
            on: {
              click: () => this.#onPick(group.name),
              pointerenter: () => this.#emphasise(group.id),
              pointerleave: () => this.#emphasise(null),
              focus: () => this.#emphasise(group.id),
              blur: () => this.#emphasise(null),
            },
          },
          h('span', { class: 'swatch', 'aria-hidden': 'true' }),
          h('span', { class: 'legend-name', text: group.name }),
          share,
          trouble,
          word,
        );
        return {
          root: h('li', {}, button),
          update: (now) => {
            setText(share, percent(now.share));
            const bad = groupLevel(now) === 'bad';
            show(trouble, bad);
            setText(word, bad ? groupWord(now) : '');
          },
        };
      },
    );
  }

  #drawTrouble(snapshot) {
    const bad = new Set(snapshot.groups.filter((g) => groupLevel(g) === 'bad').map((g) => g.id));
    for (const rim of this.#rims.children) {
      show(rim, bad.has(Number(rim.dataset.id)));
    }
    const shares = snapshot.groups
      .slice(0, MOST_DESCRIBED)
      .map((group) => `${group.name} ${percent(group.share)}`)
      .join(', ');
    const more = snapshot.groups.length - MOST_DESCRIBED;
    setText(
      byId('ring-desc'),
      `${integer(snapshot.slots)} slots: ${shares}${more > 0 ? ` and ${more} more groups` : ''}.`,
    );
  }

  #drawMiddle(snapshot) {
    const mark = this.#mark;
    setText(byId('ring-big'), mark === null ? integer(snapshot.slots) : String(mark.slot));
    setText(byId('ring-small'), mark === null ? 'slots' : `slot of ${mark.groupName ?? NONE}`);
    setText(byId('ring-epoch'), `epoch ${integer(snapshot.ringEpoch)}`);
  }

  #drawMark() {
    const pointer = byId('ring-pointer');
    const needle = byId('ring-needle');
    const visible = this.#mark !== null && this.#ring !== null;
    show(pointer, visible);
    show(needle, visible);
    if (visible) {
      pointer.setAttribute('d', pointerPath(this.#mark.slot, this.#ring.slots));
      needle.setAttribute('d', needlePath(this.#mark.slot, this.#ring.slots));
    }
  }

  /** Dims every other group; null = none. */
  #emphasise(id) {
    setAttr(this.#svg, 'data-emphasis', id === null ? null : 'on');
    for (const arc of this.#arcs.children) {
      setAttr(arc, 'data-on', id !== null && arc.dataset.id === String(id) ? 'yes' : null);
    }
  }
}
