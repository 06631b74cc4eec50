// The theme: the system's unless one was chosen; the choice is kept in localStorage.

const STORED = 'flotilla.theme';

/** The mode after this one. The first press on "system" always changes what is seen. */
export function nextMode(mode, systemIsDark) {
  const order = systemIsDark ? ['system', 'light', 'dark'] : ['system', 'dark', 'light'];
  return order[(order.indexOf(mode) + 1) % order.length];
}

/** dark or light. */
export function effective(mode, systemIsDark) {
  return mode === 'dark' || mode === 'light' ? mode : systemIsDark ? 'dark' : 'light';
}

/** What is stored under a name, or null; storage may be forbidden. */
export function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function store(name, value) {
  try {
    if (value === null) {
      localStorage.removeItem(name);
    } else {
      localStorage.setItem(name, value);
    }
  } catch {
    // The choice then holds until the page is left.
  }
}

/**
 * Wires the button.
 *
 * @param button shows the mode in its .theme-word
 * @param onChange called after the colours have changed
 * @returns a function that goes to the next mode
 */
export function startTheme(button, onChange) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const kept = stored(STORED);
  let mode = kept === 'dark' || kept === 'light' ? kept : 'system';

  function apply() {
    document.documentElement.dataset.theme = effective(mode, dark.matches);
    button.querySelector('.theme-word').textContent = mode;
    button.setAttribute('aria-label', `Theme: ${mode}. Change the theme`);
    onChange();
  }

  function next() {
    mode = nextMode(mode, dark.matches);
    store(STORED, mode === 'system' ? null : mode);
    apply();
  }

  dark.addEventListener('change', apply);
  button.addEventListener('click', next);
  apply();
  return next;
}
