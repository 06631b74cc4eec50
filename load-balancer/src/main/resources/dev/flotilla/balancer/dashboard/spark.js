// A tiny line of a group's last minute.

import { s, setAttr } from './dom.js';

export const SPARK_WIDTH = 96;
export const SPARK_HEIGHT = 22;

/**
 * The points of the line, newest at the right; an empty string for fewer than two values. Pure.
 *
 * @param most how many values fill the width
 */
export function sparkPoints(values, most, width = SPARK_WIDTH, height = SPARK_HEIGHT) {
  if (values.length < 2) {
    return '';
  }
  const top = Math.max(1, ...values);
  const step = width / (most - 1);
  return values
    .map((value, i) => {
      const x = width - (values.length - 1 - i) * step;
      const y = height - 1 - (Math.max(0, value) / top) * (height - 3);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

/** A sparkline `{root, update(values)}`; the number beside it says the same in words. */
export function sparkline(most) {
  const line = s('polyline', { class: 'spark-line', points: '' });
  const root = s(
    'svg',
    {
      class: 'spark',
      viewBox: `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`,
      width: SPARK_WIDTH,
      height: SPARK_HEIGHT,
      'aria-hidden': 'true',
    },
    line,
  );
  return { root, update: (values) => setAttr(line, 'points', sparkPoints(values, most)) };
}
