// The key explorer's editor: one key at a time, written only over the revision that was read.

import { fitsOneLine, fromTextarea, hexOf, keyLabel, textOf, utf8 } from './bytes.js';
import { ask } from './dialogs.js';
import { clock } from './format.js';
import { describe, Failure } from './http.js';
import { KeyPanel } from './keypanel.js';
import { get, put, remove, revisionIn } from './kv.js';
import { conflictSentence, valueLook, writeObstacle } from './value.js';

function why(error) {
  return error instanceof Failure ? describe(error) : String(error.message);
}

export class KeyEditor {
  #panel = new KeyPanel({
    load: () => this.load(),
    save: () => this.save(),
    remove: () => this.remove(),
    otherKey: () => {
      this.#fixed = null;
      this.#panel.key = '';
      this.#keyTyped();
      this.#panel.focusKey();
    },
    loadNew: () => this.#loadNew(),
    overwrite: () => this.#overwrite(),
    keyTyped: () => this.#keyTyped(),
    valueTyped: () => this.#draw(),
  });
  /** A key that cannot be typed into a line of text; null = the key is what the input says. */
  #fixed = null;
  /** What was read or written last of this key; null = nothing was. */
  #loaded = null;
  /** Answers to reads begun before this number changed are out of date. */
  #turn = 0;
  #writing = false;
  /** Whether a write of this key had an unknown outcome since it was read. */
  #doubt = false;

  constructor() {
    this.#draw();
  }

  /** Opens a key, given as bytes. */
  async open(key) {
    if (this.#writing || !(await this.#mayDiscard())) {
      return;
    }
    const text = textOf(key);
    this.#fixed = text !== null && fitsOneLine(text) ? null : key;
    this.#panel.key = this.#fixed === null ? text : keyLabel(key);
    this.#panel.value = '';
    this.#panel.ttl = '';
    this.#forget();
    await this.#read();
  }

  /** Reads the key that the input names. */
  async load() {
    if (!this.#writing && (await this.#mayDiscard())) {
      await this.#read();
    }
  }

  /** Shows how long the value shown has to live. */
  tick(now) {
    this.#panel.tick(this.#loaded, now);
  }

  /** Saves over the revision that was read, or creates the key when none was. */
  async save() {
    const etag = this.#loadedEtag();
    await this.#write(etag === null ? { absent: true } : { etag });
  }

  /** Deletes the revision that was read, or whatever is there when none was. */
  async remove() {
    const key = this.#key();
    if (this.#writing || this.#lacksKey(key)) {
      return;
    }
    const etag = this.#loadedEtag();
    const what =
      etag === null
        ? 'The key is deleted whatever its value is.'
        : `It is deleted only if it still has revision ${this.#loaded.revision}.`;
    const lines = [what, 'This cannot be undone.'];
    if (!(await ask({ title: `Delete ${keyLabel(key)}?`, lines, verb: 'Delete' }))) {
      return;
    }
    await this.#begun(key, 'Not deleted', async (isShown) => {
      const group = this.#loaded?.group ?? null;
      const wasThere = await remove(key, { etag });
      if (isShown()) {
        this.#panel.value = '';
        this.#took(key, { found: false, group, readAt: Date.now() });
      }
      const word = wasThere ? 'Deleted' : 'Nothing to delete, the key is absent:';
      return `${word} ${keyLabel(key)} at ${clock(Date.now())}.`;
    });
  }

  #key() {
    return this.#fixed ?? utf8(this.#panel.key);
  }

  #loadedEtag() {
    return this.#loaded !== null && this.#loaded.found ? this.#loaded.etag : null;
  }

  /** Another key in the input: what was read belongs to the one before. */
  #keyTyped() {
    const isOnlyShown = this.#loaded !== null && !this.#isDirty();
    if (isOnlyShown) {
      this.#panel.value = '';
    }
    this.#forget();
  }

  #forget() {
    this.#turn++;
    this.#loaded = null;
    this.#doubt = false;
    this.#panel.offer(null);
    this.#panel.keepDraft(null);
    this.#panel.tell('');
    this.#draw();
  }

  #isDirty() {
    const loaded = this.#loaded;
    if (loaded === null || !loaded.found) {
      return this.#panel.value !== '';
    }
    return loaded.editable && this.#panel.value !== loaded.text;
  }

  async #mayDiscard() {
    return (
      !this.#isDirty() ||
      ask({
        title: 'Discard your text?',
        lines: ['The editor holds a value that was not saved.'],
        verb: 'Discard',
      })
    );
  }

  #lacksKey(key) {
    if (key.length > 0) {
      return false;
    }
    this.#panel.tell('Type a key first.', 'warn');
    this.#panel.focusKey();
    return true;
  }

  async #read() {
    const key = this.#key();
    if (this.#lacksKey(key)) {
      return;
    }
    const turn = ++this.#turn;
    this.#panel.tell('Reading…');
    try {
      const answer = await get(key);
      if (turn === this.#turn) {
        this.#took(key, answer);
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.#panel.tell(`Not read. ${why(error)}`, 'bad');
      }
    }
  }

  /** Shows what was read. */
  #took(key, answer) {
    const look = answer.found ? valueLook(answer.value) : valueLook(new Uint8Array());
    this.#panel.value = look.text;
    if (look.editable && this.#panel.value !== look.text) {
      look.editable = false;
      look.note = 'The value has characters that an editor would change, so it cannot be edited here.';
    }
    const revision = answer.found ? revisionIn(answer.etag) : null;
    this.#loaded = {
      found: answer.found,
      etag: answer.found ? answer.etag : null,
      revision,
      expiresAt: answer.found ? answer.expiresAt : null,
      group: answer.group,
      readAt: answer.readAt,
      bytes: answer.found ? answer.value.length : 0,
      ...look,
    };
    this.#doubt = false;
    this.#panel.ttl = '';
    this.#panel.offer(null);
    const at = clock(answer.readAt);
    this.#panel.tell(
      answer.found
        ? `Read ${keyLabel(key)} at ${at}: revision ${revision}.`
        : `${keyLabel(key)} is absent as of ${at}.`,
    );
    this.#draw();
  }

  async #write(condition) {
    const key = this.#key();
    const ttl = this.#panel.ttl;
    if (this.#writing || this.#lacksKey(key) || this.#mayNotWrite(ttl)) {
      return;
    }
    const text = this.#panel.value;
    const eol = this.#loaded?.eol ?? '\n';
    const bytes = utf8(fromTextarea(text, eol));
    await this.#begun(key, 'Not saved', async (isShown) => {
      const answer = await put(key, bytes, condition, ttl);
      const revision = revisionIn(answer.etag);
      if (isShown()) {
        this.#loaded = {
          found: true,
          etag: answer.etag,
          revision,
          expiresAt: answer.expiresAt,
          group: answer.group,
          readAt: answer.readAt,
          bytes: bytes.length,
          text,
          eol,
          editable: true,
          note: '',
        };
        this.#doubt = false;
        this.#panel.ttl = '';
        this.#panel.offer(null);
        this.#panel.keepDraft(null);
      }
      const verb = answer.created ? 'Created' : 'Saved';
      return `${verb} ${keyLabel(key)} at ${clock(answer.readAt)}: revision ${revision}.`;
    });
  }

  #mayNotWrite(ttl) {
    const obstacle = writeObstacle(this.#loaded, ttl);
    if (obstacle === null) {
      return false;
    }
    this.#panel.tell(obstacle.text, 'warn');
    if (obstacle.isTtl) {
      this.#panel.focusTtl();
    }
    return true;
  }

  /**
   * Carries out a write and tells how it went.
   *
   * @param act gets a function that says whether the key is still the one shown; returns a sentence
   */
  async #begun(key, failedWord, act) {
    const id = hexOf(key);
    const isShown = () => hexOf(this.#key()) === id;
    this.#turn++;
    this.#writing = true;
    this.#panel.tell('Waiting for the answer…');
    this.#draw();
    try {
      this.#panel.tell(await act(isShown));
    } catch (error) {
      this.#failed(error, failedWord, key, isShown());
    } finally {
      this.#writing = false;
      this.#draw();
    }
  }

  #failed(error, failedWord, key, isShown) {
    if (error instanceof Failure && error.status === 412 && isShown) {
      const isGone = error.revision === null || error.revision === '0';
      this.#panel.tell(conflictSentence(this.#loaded, error, this.#doubt), 'bad');
      this.#panel.offer(isGone ? 'Load what is there' : 'Load the new value');
      return;
    }
    const isUnknown = error instanceof Failure && error.outcome === 'unknown';
    this.#doubt = this.#doubt || (isUnknown && isShown);
    const what = isUnknown ? 'Not known whether it was done' : failedWord;
    this.#panel.tell(`${keyLabel(key)}: ${what}. ${why(error)}`, 'bad');
  }

  /** Loads what somebody else wrote; the text that was typed is kept below the editor. */
  async #loadNew() {
    const draft = this.#isDirty() ? this.#panel.value : null;
    await this.#read();
    if (draft !== null && draft !== this.#panel.value) {
      this.#panel.keepDraft(draft);
    }
  }

  async #overwrite() {
    const title = `Overwrite ${keyLabel(this.#key())}?`;
    const lines = ['Whatever is there now is replaced by the text in the editor.'];
    if (await ask({ title, lines, verb: 'Overwrite' })) {
      await this.#write({});
    }
  }

  #draw() {
    this.#panel.draw({
      loaded: this.#loaded,
      fixed: this.#fixed !== null,
      writing: this.#writing,
      dirty: this.#isDirty(),
    });
  }
}
