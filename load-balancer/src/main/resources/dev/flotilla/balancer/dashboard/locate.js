// Where does this key live: asks the balancer while a key is typed and follows the answer.

import { utf8, percentEncoded, keyLabel } from './bytes.js';
import { byId, setAttr, setText, show } from './dom.js';
import { integer } from './format.js';
import { describe, Failure, json } from './http.js';
import { colourOf } from './ringshape.js';

const PAUSE_MILLIS = 200;

export class LocateView {
  #input = byId('locate-input');
  #result = byId('locate-result');
  #swatch = byId('locate-swatch');
  #text = byId('locate-text');
  #members = byId('locate-members');
  #open = byId('locate-open');
  #ring;
  #timer = 0;
  #asking = null;
  #found = null;
  #epoch = null;

  /**
   * @param ring marks the slot
   * @param onOpen called with the key as text to open it in the key explorer
   */
  constructor(ring, onOpen) {
    this.#ring = ring;
    this.#input.addEventListener('input', () => this.#typed());
    byId('locate-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#ask();
    });
    this.#open.addEventListener('click', () => {
      if (this.#found !== null) {
        onOpen(this.#found.key);
      }
    });
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MILLIS);
  }

  async #ask() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
    const key = this.#input.value;
    if (key === '') {
      this.#forget('');
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const path = `/api/locate?key=${percentEncoded(utf8(key))}`;
      const answer = await json('GET', path, { signal: asking.signal });
      if (this.#asking === asking) {
        this.#show(key, answer);
      }
    } catch (error) {
      if (this.#asking === asking) {
        const why = error instanceof Failure ? describe(error) : String(error.message);
        this.#forget(`Not known where ${keyLabel(utf8(key))} lives. ${why}`);
      }
    }
  }

  #show(key, answer) {
    const group = typeof answer.group === 'string' ? answer.group : null;
    if (!Number.isInteger(answer.slot) || group === null) {
      this.#forget('The balancer gave no slot for this key.');
      return;
    }
    this.#found = {
      key,
      slot: answer.slot,
      group,
      leader: typeof answer.leader === 'string' ? answer.leader : null,
      members: Array.isArray(answer.members) ? answer.members.map(String).slice(0, 64) : [],
    };
    this.#ring.mark(answer.slot, group);
    this.#draw();
  }

  #forget(message) {
    this.#found = null;
    this.#ring.mark(null, null);
    setAttr(this.#result, 'data-group', null);
    setAttr(this.#result, 'data-slot', null);
    show(this.#swatch, false);
    show(this.#open, false);
    setText(this.#text, message);
    setText(this.#members, '');
  }

  /** Keeps leader and members of the answer up to date. */
  update(state) {
    const found = this.#found;
    const epoch = state.snapshot.ringEpoch;
    if (found !== null && this.#epoch !== null && epoch !== this.#epoch) {
      // Slots have moved to other groups.
      this.#ask();
    }
    this.#epoch = epoch;
    const group = found === null ? null : state.group(found.group);
    if (group !== null) {
      found.leader = group.leader;
      found.members = group.members.map((member) => member.node);
      setAttr(this.#swatch, 'data-colour', colourOf(group.id));
      show(this.#swatch, true);
      this.#draw();
    }
  }

  #draw() {
    const { slot, group, leader, members } = this.#found;
    setAttr(this.#result, 'data-group', group);
    setAttr(this.#result, 'data-slot', slot);
    const led = leader === null ? 'no leader now' : `leader ${leader}`;
    setText(this.#text, `Slot ${integer(slot)}, group ${group}, ${led}`);
    setText(this.#members, members.length === 0 ? '' : `Members: ${members.join(', ')}`);
    show(this.#open, true);
  }
}
