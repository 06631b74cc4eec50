// Keys for those who do not want the mouse. None while somebody types; all can be switched off.

import { byId } from './dom.js';
import { store, stored } from './theme.js';

const STORED = 'flotilla.shortcuts';

/** After g, digits are collected for this long. */
const DIGITS_MILLIS = 700;
const MOST_DIGITS = 4;

const TYPED_INTO = new Set(['text', 'search', 'number', 'email', 'url', 'password', 'tel']);

/** Whether keys pressed in a node are text. */
export function isTyping(node) {
  if (!(node instanceof Element)) {
    return false;
  }
  if (node instanceof HTMLInputElement) {
    return TYPED_INTO.has(node.type);
  }
  return node.closest('textarea, select, [contenteditable]') !== null;
}

/**
 * Collects g and the digits after it.
 *
 * @param onNumber called with the number
 */
export class GoTo {
  #digits = null;
  #timer = 0;
  #onNumber;

  constructor(onNumber) {
    this.#onNumber = onNumber;
  }

  /** Takes a key; returns whether it was for us. */
  take(key) {
    if (key === 'g') {
      this.#digits = '';
      this.#wait();
      return true;
    }
    if (this.#digits === null) {
      return false;
    }
    if (/^[0-9]$/.test(key) && this.#digits.length < MOST_DIGITS) {
      this.#digits += key;
      this.#wait();
      return true;
    }
    const mine = key === 'Enter' && this.#digits !== '';
    this.#finish();
    return mine;
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish(), DIGITS_MILLIS);
  }

  #finish() {
    clearTimeout(this.#timer);
    const digits = this.#digits;
    this.#digits = null;
    if (digits !== null && digits !== '') {
      this.#onNumber(Number(digits));
    }
  }
}

/**
 * Listens.
 *
 * @param actions {key: action}
 * @param onNumber called with the number typed after g
 */
export function startShortcuts(actions, onNumber) {
  const goTo = new GoTo(onNumber);
  const box = byId('shortcuts-on');
  box.checked = stored(STORED) !== 'off';
  box.addEventListener('change', () => store(STORED, box.checked ? null : 'off'));

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (document.querySelector('dialog[open]') !== null) {
      return;
    }
    if (isTyping(event.target)) {
      if (event.key === 'Escape' && !event.isComposing) {
        event.target.blur();
      }
      return;
    }
    if (!box.checked) {
      return;
    }
    if (goTo.take(event.key)) {
      event.preventDefault();
    } else if (Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      actions[event.key]();
    }
  });
}
