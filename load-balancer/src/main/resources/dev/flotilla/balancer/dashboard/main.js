// Wires the parts: the stream feeds the state, the views draw it once per frame at most.

import { Actions } from './actions.js';
import { utf8 } from './bytes.js';
import { ChartsView } from './charts.js';
import { toast } from './dialogs.js';
import { byId, calm } from './dom.js';
import { FeedView } from './feed.js';
import { GroupsView } from './groups.js';
import { HeaderView } from './header.js';
import { KeyList } from './keylist.js';
import { KeyEditor } from './keys.js';
import { LocateView } from './locate.js';
import { RingView } from './ring.js';
import { startShortcuts } from './shortcuts.js';
import { State } from './state.js';
import { Stream } from './stream.js';
import { startTheme } from './theme.js';

const state = new State();
const header = new HeaderView();
const feed = new FeedView();

let charts = null;
const nextTheme = startTheme(byId('theme-toggle'), () => charts?.repaint());
charts = new ChartsView(state);

const isLive = () => stream.status().state === 'live';
const actions = new Actions(state, isLive);
const groups = new GroupsView({
  stepDown: (group) => actions.stepDown(group),
  fault: (action, node) => actions.fault(action, node),
});
const ring = new RingView((name) => groups.reveal(name));
const editor = new KeyEditor();
new KeyList((key) => editor.open(key));
const locate = new LocateView(ring, (key) => {
  byId('keys').scrollIntoView({ block: 'start', behavior: calm() ? 'auto' : 'smooth' });
  byId('keys').focus({ preventScroll: true });
  editor.open(utf8(key));
});

const faulty = new Set();

/** Draws one part; a fault in it must not stop the others, least of all the header. */
function draw(name, part) {
  try {
    part();
  } catch (error) {
    if (!faulty.has(name)) {
      faulty.add(name);
      console.error(`${name} could not be drawn`, error);
    }
  }
}

function drawHeader() {
  draw('header', () => header.update(state.snapshot, stream.status(), Date.now()));
}

let scheduled = false;

/** Draws with the next frame; while nobody sees the page there is none. */
function schedule() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      drawAll();
    });
  }
}

function drawAll() {
  const { snapshot } = state;
  drawHeader();
  draw('feed', () => feed.update());
  if (snapshot !== null) {
    draw('totals', () => header.describe(snapshot));
    draw('groups', () => groups.update(state));
    draw('ring', () => ring.update(snapshot, isLive()));
    draw('locate', () => locate.update(state));
    draw('charts', () => charts.update(state));
  }
}

const stream = new Stream({
  url: '/api/events',
  onCluster: (data) => {
    state.accept(data, Date.now());
    schedule();
  },
  onFeed: (data) => {
    feed.take(data);
    schedule();
  },
  onChange: drawHeader,
});

const help = byId('help-dialog');

function focusOn(id) {
  const node = byId(id);
  node.focus();
  node.select?.();
}

startShortcuts(
  {
    '/': () => focusOn('locate-input'),
    k: () => focusOn('key-input'),
    p: () => focusOn('prefix-input'),
    f: () => focusOn('group-filter'),
    e: () => focusOn('feed'),
    t: nextTheme,
    '?': () => help.showModal(),
  },
  (number) => {
    const group = state.snapshot?.groups.find((g) => g.id === number);
    if (group === undefined || !groups.reveal(group.name)) {
      toast(`There is no group ${number}.`, 'warn');
    }
  },
);
byId('help-open').addEventListener('click', () => help.showModal());
setInterval(() => editor.tick(Date.now()), 1_000);

stream.start();
