// What the key explorer's editor looks like; what it does is in keys.js.

import { byId, setAttr, setText, show } from './dom.js';
import { clock, NONE, seconds, size } from './format.js';
import { savingMeans } from './value.js';

export class KeyPanel {
  #form = byId('key-form');
  #input = byId('key-input');
  #value = byId('key-value');
  #ttl = byId('key-ttl');
  #result = byId('key-result');
  #conflict = byId('key-conflict');
  #draftBox = byId('key-draft');
  #draft = null;

  /** @param on what to do: load, save, remove, otherKey, loadNew, overwrite, keyTyped, valueTyped */
  constructor(on) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      on.load();
    });
    this.#input.addEventListener('input', on.keyTyped);
    this.#value.addEventListener('input', on.valueTyped);
    this.#value.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        on.save();
      }
    });
    this.#ttl.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        event.preventDefault();
        on.save();
      }
    });
    byId('key-save').addEventListener('click', on.save);
    byId('key-delete').addEventListener('click', on.remove);
    byId('key-other').addEventListener('click', on.otherKey);
    byId('key-load-new').addEventListener('click', on.loadNew);
    byId('key-overwrite').addEventListener('click', on.overwrite);
    byId('key-draft-drop').addEventListener('click', () => this.keepDraft(null));
    byId('key-draft-restore').addEventListener('click', () => {
      if (this.#draft !== null && !this.#value.readOnly) {
        this.#value.value = this.#draft;
        this.keepDraft(null);
        on.valueTyped();
      }
    });
  }

  get key() {
    return this.#input.value;
  }

  set key(text) {
    this.#input.value = text;
  }

  get value() {
    return this.#value.value;
  }

  set value(text) {
    this.#value.value = text;
  }

  get ttl() {
    return this.#ttl.value.trim();
  }

  set ttl(text) {
    this.#ttl.value = text;
  }

  focusKey() {
    this.#input.focus();
  }

  focusValue() {
    this.#value.focus();
  }

  focusTtl() {
    this.#ttl.focus();
  }

  /** Says what became of the last thing that was done; level ok, warn or bad. */
  tell(text, level = 'ok') {
    setText(this.#result, text);
    setAttr(this.#result, 'data-level', level);
  }

  /** Offers to load or overwrite what somebody else wrote; null takes the offer away. */
  offer(loadWord) {
    if (loadWord === null && this.#conflict.contains(document.activeElement)) {
      this.focusValue();
    }
    show(this.#conflict, loadWord !== null);
    if (loadWord !== null) {
      setText(byId('key-load-new'), loadWord);
    }
  }

  /** Keeps a text below the editor; null drops it. */
  keepDraft(text) {
    if (text === null && this.#draftBox.contains(document.activeElement)) {
      this.focusValue();
    }
    this.#draft = text;
    show(this.#draftBox, text !== null);
    setText(byId('key-draft-text'), text ?? '');
  }

  /**
   * Draws all but the texts that are typed.
   *
   * @param loaded what was read; null = nothing
   * @param fixed whether the key is one that cannot be typed
   * @param writing whether an answer is waited for
   * @param dirty whether the value differs from what was read
   */
  draw({ loaded, fixed, writing, dirty }) {
    const found = loaded !== null && loaded.found;
    const readOnly = found && !loaded.editable;
    setAttr(this.#form, 'aria-busy', writing ? 'true' : null);
    this.#input.readOnly = fixed;
    this.#value.readOnly = readOnly;
    this.#value.classList.toggle('fixed', readOnly);
    show(byId('key-other'), fixed);
    show(byId('key-meta'), loaded !== null);
    setText(byId('key-revision'), found ? String(loaded.revision) : 'absent');
    setText(byId('key-group'), loaded?.group ?? NONE);
    setText(byId('key-size'), found ? size(loaded.bytes) : NONE);
    setText(byId('key-read-at'), loaded === null ? NONE : clock(loaded.readAt));
    setText(byId('key-note'), found ? loaded.note : '');
    const losesTtl = found && loaded.expiresAt !== null;
    setText(
      byId('key-ttl-note'),
      losesTtl ? 'Saving without a TTL makes the key stay.' : 'Empty: the key stays until deleted.',
    );
    setAttr(byId('key-save'), 'aria-disabled', readOnly || writing ? 'true' : null);
    setAttr(byId('key-delete'), 'aria-disabled', writing ? 'true' : null);
    const unsaved = loaded !== null && dirty ? ' Not saved yet.' : '';
    setText(byId('key-means'), readOnly ? '' : `${savingMeans(loaded)}${unsaved}`);
    this.tick(loaded, Date.now());
  }

  /** Shows how long what was read has to live. */
  tick(loaded, now) {
    let text = NONE;
    if (loaded !== null && loaded.found) {
      const left = loaded.expiresAt === null ? null : loaded.expiresAt - now;
      if (left === null) {
        text = 'never';
      } else {
        text = left > 0 ? `in ${seconds(Math.ceil(left / 1000))}` : 'by now; load it again to see';
      }
    }
    setText(byId('key-expiry'), text);
  }
}
