// Requests per second and latency over the last five minutes, drawn by uPlot.

import { byId, h, s, setText } from './dom.js';
import { clock, micros, rate } from './format.js';
import { HISTORY_SECONDS } from './state.js';
import uPlot from './vendor/uPlot.esm.js';

const HEIGHT = 200;

/** Lines differ in dash as well as in colour. */
const RATE_LINES = [
  { name: 'get', colour: '--line-1', dash: [] },
  { name: 'put', colour: '--line-2', dash: [8, 4] },
  { name: 'delete', colour: '--line-3', dash: [2, 3] },
  { name: 'scan', colour: '--line-4', dash: [10, 3, 2, 3] },
  { name: 'failed', colour: '--line-bad', dash: [4, 2] },
];

const LATENCY_LINES = [
  { name: 'p50', colour: '--line-1', dash: [] },
  { name: 'p99', colour: '--line-2', dash: [8, 4] },
  { name: 'p99.9', colour: '--line-3', dash: [2, 3] },
];

let colours = null;

/** A colour of the theme; the canvas does not know CSS variables. */
function colour(name) {
  colours ??= getComputedStyle(document.documentElement);
  return colours.getPropertyValue(name).trim();
}

/** Hours, minutes and, where lines are close, seconds. */
function times(u, splits) {
  return splits.map((seconds) => clock(seconds * 1000));
}

function axis(values, size) {
  return {
    stroke: () => colour('--muted'),
    grid: { stroke: () => colour('--grid'), width: 1 },
    ticks: { stroke: () => colour('--grid'), width: 1, size: 4 },
    font: '11px system-ui, sans-serif',
    values,
    ...size,
  };
}

/** The last five minutes up to the newest value. */
function timeRange(u) {
  const known = u.data[0];
  const end = known !== undefined && known.length > 0 ? known[known.length - 1] : Date.now() / 1000;
  return [end - HISTORY_SECONDS, end];
}

/** From 0 to a little above the highest. Pure. */
export function rateRange(u, min, max) {
  return [0, max === null || max < 1 ? 1 : max * 1.1];
}

/** Whole powers of ten around the values, in microseconds. Pure. */
export function latencyRange(u, min, max) {
  if (min === null || max === null || max <= 0) {
    return [100, 10_000];
  }
  const low = 10 ** Math.floor(Math.log10(Math.max(1, min)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(1, max)));
  return [low, high > low ? high : low * 10];
}

/** A chart with a legend of its own, which shows the newest values or those under the pointer. */
class Chart {
  #plot;
  #lines;
  #word;
  #values = [];
  #at;
  #history;
  #box;

  constructor(box, legend, lines, history, word, yScale, yAxis) {
    this.#box = box;
    this.#lines = lines;
    this.#history = history;
    this.#word = word;
    this.#at = h('li', { class: 'legend-at' });
    for (const line of lines) {
      const value = h('strong', { class: 'legend-value' });
      this.#values.push(value);
      legend.append(h('li', {}, sample(line), h('span', { text: line.name }), value));
    }
    legend.append(this.#at);
    this.#plot = new uPlot(
      {
        width: this.#width(),
        height: HEIGHT,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { drag: { x: false, y: false, setScale: false }, y: false, sync: { key: 'charts' } },
        scales: { x: { time: true, range: timeRange }, y: yScale },
        axes: [axis(times, { space: 90 }), axis(yAxis, { size: 62 })],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.name,
            stroke: () => colour(line.colour),
            dash: line.dash,
            width: 1.5,
            spanGaps: false,
            points: { size: 4 },
          })),
        ],
        hooks: { setCursor: [() => this.#drawLegend()] },
      },
      history.columns,
      box,
    );
    new ResizeObserver(() => this.#resize()).observe(box);
  }

  #width() {
    return Math.max(240, Math.floor(this.#box.clientWidth));
  }

  #resize() {
    if (this.#plot !== undefined && this.#plot.width !== this.#width()) {
      this.#plot.setSize({ width: this.#width(), height: HEIGHT });
    }
  }

  /** Draws what came since. */
  update() {
    this.#plot.setData(this.#history.columns);
    this.#box.dataset.points = this.#history.columns[0].length;
    this.#drawLegend();
  }

  /** Draws in the theme's new colours. */
  repaint() {
    this.#plot.redraw(false, true);
  }

  #drawLegend() {
    // uPlot moves its cursor while it is being made.
    if (this.#plot === undefined) {
      return;
    }
    const columns = this.#history.columns;
    const newest = columns[0].length - 1;
    const pointed = this.#plot.cursor.idx;
    const isPointed = typeof pointed === 'number' && pointed <= newest;
    const at = isPointed ? pointed : newest;
    this.#lines.forEach((line, i) => {
      setText(this.#values[i], at < 0 ? '–' : this.#word(columns[i + 1][at]));
    });
    setText(this.#at, at < 0 ? '' : `${isPointed ? 'at' : 'now,'} ${clock(columns[0][at] * 1000)}`);
  }
}

/** A short piece of a line, for the legend. */
function sample(line) {
  const root = s(
    'svg',
    { class: 'line-sample', viewBox: '0 0 24 8', width: 24, height: 8, 'aria-hidden': 'true' },
    s('line', {
      x1: 0,
      y1: 4,
      x2: 24,
      y2: 4,
      'stroke-dasharray': line.dash.length === 0 ? null : line.dash.join(' '),
    }),
  );
  root.classList.add(line.colour.slice(2));
  return root;
}

export class ChartsView {
  #charts;
  #seen = 0;

  constructor(state) {
    this.#charts = [
      new Chart(
        byId('chart-rate'),
        byId('chart-rate-legend'),
        RATE_LINES,
        state.rates,
        rate,
        { range: rateRange },
        (u, splits) => splits.map(rate),
      ),
      new Chart(
        byId('chart-latency'),
        byId('chart-latency-legend'),
        LATENCY_LINES,
        state.latency,
        micros,
        { distr: 3, log: 10, range: latencyRange },
        (u, splits) => splits.map((value) => (value === null ? '' : micros(value))),
      ),
    ];
  }

  update(state) {
    const columns = state.rates.columns[0];
    const newest = columns.length === 0 ? 0 : columns[columns.length - 1];
    if (newest !== this.#seen) {
      this.#seen = newest;
      this.#charts.forEach((chart) => chart.update());
    }
  }

  /** The theme changed. */
  repaint() {
    colours = null;
    this.#charts.forEach((chart) => chart.repaint());
  }
}
