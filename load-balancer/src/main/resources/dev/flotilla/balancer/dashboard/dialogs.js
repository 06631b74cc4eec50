// Questions before what cannot be undone, short messages after, and words for screen readers.

import { byId, h, icon, setText } from './dom.js';

const MOST_TOASTS = 4;
const TOAST_MILLIS = 8_000;

/**
 * Asks within the page.
 *
 * @param lines sentences below the title
 * @param verb on the button that goes ahead
 * @returns a promise of whether to go ahead
 */
export function ask({ title, lines, verb, danger = true }) {
  const dialog = byId('confirm-dialog');
  if (dialog.open) {
    return Promise.resolve(false);
  }
  setText(byId('confirm-title'), title);
  byId('confirm-text').replaceChildren(...lines.map((text) => h('p', { text })));
  const ok = byId('confirm-ok');
  setText(ok, verb);
  ok.classList.toggle('danger', danger);
  dialog.returnValue = '';
  dialog.showModal();
  byId('confirm-cancel').focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok'), { once: true });
  });
}

/** A short message. What went well goes away by itself, what failed stays until it is closed. */
export function toast(text, level = 'ok') {
  const box = byId('toasts');
  const close = h('button', {
    type: 'button',
    class: 'small',
    'aria-label': 'Close this message',
    text: 'Close',
    on: { click: () => root.remove() },
  });
  const root = h(
    'div',
    { class: 'toast', 'data-testid': 'toast', 'data-level': level },
    icon(level),
    h('span', { text }),
    close,
  );
  box.append(root);
  while (box.children.length > MOST_TOASTS) {
    box.firstElementChild.remove();
  }
  if (level === 'ok') {
    setTimeout(() => {
      if (!root.contains(document.activeElement)) {
        root.remove();
      }
    }, TOAST_MILLIS);
  }
}

/** Says something to screen readers, when it differs from what was said last. */
export function announce(text) {
  setText(byId('announcer'), text);
}
