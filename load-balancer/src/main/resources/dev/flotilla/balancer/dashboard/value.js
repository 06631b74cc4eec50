// What a value read looks like in the editor: text to edit, or something only to look at. Pure.

import { durationMillis, forTextarea, hexDump, textOf } from './bytes.js';
import { size } from './format.js';
import { describe } from './http.js';

/** Larger values are shown in part and not edited. */
export const MOST_EDITED = 256 * 1024;

/** Bytes of a large or binary value that are shown. */
const MOST_SHOWN = 16 * 1024;

/**
 * @param bytes the value
 * @returns {text, eol, editable, note}: what the editor shows and, where it is not editable, why
 */
export function valueLook(bytes) {
  const text = textOf(bytes);
  if (text === null) {
    return {
      text: hexDump(bytes, MOST_SHOWN),
      eol: '\n',
      editable: false,
      note: `Binary value of ${size(bytes.length)}: it is not UTF-8, so it is shown as hex and cannot be edited here.`,
    };
  }
  if (bytes.length > MOST_EDITED) {
    return {
      text: text.slice(0, MOST_SHOWN),
      eol: '\n',
      editable: false,
      note: `The value has ${size(bytes.length)}: its beginning is shown, and it cannot be edited here.`,
    };
  }
  const fits = forTextarea(text);
  if (fits === null) {
    return {
      text,
      eol: '\n',
      editable: false,
      note: 'The value has line ends or characters that an editor would change, so it cannot be edited here.',
    };
  }
  return { ...fits, editable: true, note: '' };
}

/** What saving will do, for the line beside the button. */
export function savingMeans(loaded) {
  if (loaded === null) {
    return 'Saves only if the key does not exist yet. Load it first to change it.';
  }
  if (!loaded.found) {
    return 'The key is absent. Saves only if it still is.';
  }
  return `Saves only if the key still has revision ${loaded.revision}.`;
}

/**
 * What a 412 means to who sees it.
 *
 * @param loaded what was read; null = nothing
 * @param doubt whether an earlier write of this key had an unknown outcome
 */
export function conflictSentence(loaded, failure, doubt) {
  const gone = failure.revision === null || failure.revision === '0';
  const now = gone ? 'It is gone now' : `It has revision ${failure.revision} now`;
  const what =
    loaded !== null && loaded.found
      ? `Somebody else changed this key since you read revision ${loaded.revision}. ${now}.`
      : `This key exists already. ${now}.`;
  const own = doubt
    ? ' It may have been your own earlier attempt, whose outcome was unknown.'
    : '';
  return `${what}${own} ${describe(failure)}`;
}

/**
 * What stands in the way of saving; null = nothing.
 *
 * @returns {text, isTtl}
 */
export function writeObstacle(loaded, ttl) {
  if (loaded !== null && loaded.found && !loaded.editable) {
    return { text: loaded.note, isTtl: false };
  }
  if (ttl !== '' && durationMillis(ttl) === null) {
    const units = 'a whole number and a unit, such as 500ms, 30s, 5m, 2h or 7d';
    return { text: `The TTL must be ${units}.`, isTtl: true };
  }
  return null;
}
