// The list of the key explorer: keys with a prefix, a page at a time.

import { hexOf, keyLabel } from './bytes.js';
import { byId, h, reconcile, setAttr, setText, show } from './dom.js';
import { clock, count, size } from './format.js';
import { describe, Failure } from './http.js';
import { list } from './kv.js';

const PAGE_SIZE = 50;

/** Pages one can go back; beyond, only to the first. */
const MOST_BACK = 200;

export class KeyList {
  #prefix = byId('prefix-input');
  #items = byId('key-list');
  #note = byId('list-note');
  #onOpen;
  #listed = null;
  /** Cursors of the pages before this one; null = the first page. */
  #before = [];
  #cursor = null;
  #next = null;
  #turn = 0;

  /** @param onOpen called with a key's bytes */
  constructor(onOpen) {
    this.#onOpen = onOpen;
    byId('list-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#first(this.#prefix.value);
    });
    byId('list-first').addEventListener('click', () => {
      if (this.#cursor !== null) {
        this.#first(this.#listed);
      }
    });
    byId('list-back').addEventListener('click', () => {
      if (this.#before.length > 0) {
        this.#load(this.#before[this.#before.length - 1], this.#before.slice(0, -1));
      }
    });
    byId('list-next').addEventListener('click', () => {
      if (this.#next !== null) {
        this.#load(this.#next, [...this.#before, this.#cursor].slice(-MOST_BACK));
      }
    });
  }

  #first(prefix) {
    this.#listed = prefix;
    this.#load(null, []);
  }

  async #load(cursor, before) {
    const turn = ++this.#turn;
    this.#items.setAttribute('aria-busy', 'true');
    try {
      const page = await list(this.#listed, cursor, PAGE_SIZE);
      if (turn !== this.#turn) {
        return;
      }
      this.#cursor = cursor;
      this.#before = before;
      this.#next = page.cursor;
      this.#draw(page.keys);
    } catch (error) {
      if (turn === this.#turn) {
        const why = error instanceof Failure ? describe(error) : String(error.message);
        setText(this.#note, `The keys could not be listed. ${why}`);
      }
    } finally {
      if (turn === this.#turn) {
        this.#items.removeAttribute('aria-busy');
      }
    }
  }

  #draw(keys) {
    const lost = reconcile(
      this.#items,
      keys,
      (key) => hexOf(key.key),
      (key) => this.#item(key),
    );
    if (lost) {
      this.#note.focus();
    }
    const of = this.#listed === '' ? '' : ` with the prefix “${this.#listed}”`;
    const more = this.#next === null ? 'That is the end.' : 'More may follow on the next page.';
    setText(this.#note, `${count(keys.length, 'key')}${of} on this page. ${more}`);
    show(byId('list-pager'), this.#next !== null || this.#cursor !== null);
    setAttr(byId('list-first'), 'aria-disabled', this.#cursor === null ? 'true' : null);
    setAttr(byId('list-back'), 'aria-disabled', this.#before.length === 0 ? 'true' : null);
    setAttr(byId('list-next'), 'aria-disabled', this.#next === null ? 'true' : null);
  }

  #item(key) {
    const about = h('span', { class: 'muted' });
    const root = h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: 'key-row',
          'data-testid': 'key-row',
          on: { click: () => this.#onOpen(key.key) },
        },
        h('bdi', { class: 'key-name', text: keyLabel(key.key) }),
        about,
      ),
    );
    return {
      root,
      update: (now) => {
        const parts = [`revision ${now.revision}`, size(now.size)];
        if (now.expiresAt !== null) {
          parts.push(`expires about ${clock(now.expiresAt)}`);
        }
        setText(about, parts.join(' · '));
      },
    };
  }
}
