// Numbers, times and lists as words. Pure: no DOM, no clock of its own.

/** Stands where a number is not known. */
export const NONE = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

function known(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/** 1234567 as 1,234,567. */
export function integer(value) {
  return known(value) ? whole.format(value) : NONE;
}

/** A rate per second: one decimal below 10, none above. */
export function rate(value) {
  if (!known(value)) {
    return NONE;
  }
  if (value === 0) {
    return '0';
  }
  return value < 9.95 ? value.toFixed(1) : whole.format(value);
}

/** A share of 1 as a percentage with one decimal. */
export function percent(share) {
  return known(share) ? `${(share * 100).toFixed(1)} %` : NONE;
}

/** A length of time in milliseconds, in at most two units. */
export function millis(value) {
  if (!known(value)) {
    return NONE;
  }
  if (value < 0) {
    return '0 ms';
  }
  if (value < 999.5) {
    return `${Math.round(value)} ms`;
  }
  if (value < 9_950) {
    return `${(value / 1000).toFixed(1)} s`;
  }
  return seconds(value / 1000);
}

/** A length of time in whole seconds, in at most two units. */
export function seconds(value) {
  if (!known(value)) {
    return NONE;
  }
  const total = Math.max(0, Math.round(value));
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => total >= size);
  if (first < 0) {
    return '0 s';
  }
  const [unit, size] = units[first];
  const text = `${Math.floor(total / size)} ${unit}`;
  if (first + 1 === units.length) {
    return text;
  }
  const [smaller, smallerSize] = units[first + 1];
  const rest = Math.floor((total % size) / smallerSize);
  return rest === 0 ? text : `${text} ${rest} ${smaller}`;
}

/** A latency in microseconds with three digits or so. */
export function micros(value) {
  if (!known(value)) {
    return NONE;
  }
  if (value < 999.5) {
    return `${Math.round(value)} µs`;
  }
  if (value < 999_500) {
    const ms = value / 1000;
    return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
  }
  return `${(value / 1_000_000).toFixed(2)} s`;
}

/** A size in bytes. */
export function size(value) {
  if (!known(value)) {
    return NONE;
  }
  if (value < 1024) {
    return `${whole.format(value)} ${value === 1 ? 'byte' : 'bytes'}`;
  }
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let left = value / 1024;
  let unit = 0;
  while (left >= 1023.5 && unit + 1 < units.length) {
    left /= 1024;
    unit++;
  }
  return `${left < 9.95 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
}

function two(value) {
  return String(value).padStart(2, '0');
}

/** Whether a number of milliseconds since 1970 is one that a Date can hold. */
function isInstant(epochMillis) {
  return known(epochMillis) && Math.abs(epochMillis) <= 8.64e15;
}

/** The local time of day, 24 hours, to the second. */
export function clock(epochMillis) {
  if (!isInstant(epochMillis)) {
    return NONE;
  }
  const date = new Date(epochMillis);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The local date and time of day, to the second. */
export function dateAndClock(epochMillis) {
  if (!isInstant(epochMillis)) {
    return NONE;
  }
  const date = new Date(epochMillis);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clock(epochMillis)}`;
}

/** The instant for a machine, or null. */
export function isoInstant(epochMillis) {
  return isInstant(epochMillis) ? new Date(epochMillis).toISOString() : null;
}

/** 1 group, 2 groups. */
export function count(value, noun) {
  return `${integer(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** a, b and c; beyond `most` names: a, b and 5 more. */
export function list(names, most = 4) {
  if (names.length > most) {
    return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  }
  return names.join(', ');
}
