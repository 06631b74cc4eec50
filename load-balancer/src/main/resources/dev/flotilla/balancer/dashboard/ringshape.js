// The geometry of the ring: slots to angles, runs of slots to paths. Pure.

/** Colours there are; groups beyond share them and differ in the band they fill. */
export const COLOURS = 8;

/** The ring's edges, in the units of its picture. */
export const INNER = 62;
export const OUTER = 96;

/** Inner and outer radius of each band; the first is the whole ring. */
const BANDS = [
  [INNER, OUTER],
  [80, OUTER],
  [INNER, 78],
  [72, 86],
];

/** The colour of a group: 0 to 7, the same for as long as the group has its id. */
export function colourOf(groupId) {
  return (((groupId - 1) % COLOURS) + COLOURS) % COLOURS;
}

/** Inner and outer radius of a group's arcs. */
export function bandOf(groupId) {
  return BANDS[Math.floor(Math.max(0, groupId - 1) / COLOURS) % BANDS.length];
}

/**
 * The arcs of each group: half-open ranges of slots, ascending, neighbours joined.
 *
 * @param runs [how many, group id] for consecutive slots
 * @returns a map from group id to [[from, to], ...]
 */
export function arcsByGroup(runs, slots) {
  const arcs = new Map();
  let from = 0;
  for (const run of runs) {
    const length = Array.isArray(run) ? run[0] : 0;
    if (!Number.isInteger(length) || length <= 0) {
      continue;
    }
    const to = Math.min(slots, from + length);
    if (to === from) {
      break;
    }
    const group = run[1];
    if (!arcs.has(group)) {
      arcs.set(group, []);
    }
    const own = arcs.get(group);
    const last = own[own.length - 1];
    if (last !== undefined && last[1] === from) {
      last[1] = to;
    } else {
      own.push([from, to]);
    }
    from = to;
  }
  return arcs;
}

/** The angle of a slot's beginning in radians, clockwise from the top. */
export function angleOf(slot, slots) {
  return (slot / slots) * 2 * Math.PI;
}

/** A point at a slot and a radius. */
export function pointAt(slot, slots, radius) {
  const angle = angleOf(slot, slots);
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
}

function xy(slot, slots, radius) {
  return pointAt(slot, slots, radius)
    .map((value) => value.toFixed(3))
    .join(' ');
}

function sector(from, to, slots, inner, outer) {
  return (
    `M${xy(from, slots, outer)}A${outer} ${outer} 0 0 1 ${xy(to, slots, outer)}` +
    `L${xy(to, slots, inner)}A${inner} ${inner} 0 0 0 ${xy(from, slots, inner)}Z`
  );
}

/** One path for all arcs of a group. Long arcs are drawn in parts: SVG has no whole circle. */
export function ringPath(arcs, slots, inner, outer) {
  const most = slots / 4;
  let path = '';
  for (const [from, to] of arcs) {
    for (let at = from; at < to; at += most) {
      path += sector(at, Math.min(to, at + most), slots, inner, outer);
    }
  }
  return path;
}

/** A pointer from outside the ring to a slot's middle. */
export function pointerPath(slot, slots) {
  const middle = slot + 0.5;
  const half = slots / 120;
  return (
    `M${xy(middle, slots, OUTER - 4)}` +
    `L${xy(middle - half, slots, OUTER + 9)}L${xy(middle + half, slots, OUTER + 9)}Z`
  );
}

/** A line across the ring at a slot's middle. */
export function needlePath(slot, slots) {
  const middle = slot + 0.5;
  return `M${xy(middle, slots, INNER - 4)}L${xy(middle, slots, OUTER)}`;
}
