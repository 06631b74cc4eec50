// Runs before anything is painted, so that the page does not flash in the other theme.
(function () {
  let mode = null;
  try {
    mode = localStorage.getItem('flotilla.theme');
  } catch {
    // No storage: the system's theme it is.
  }
  const light =
    mode === 'light' || (mode !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
