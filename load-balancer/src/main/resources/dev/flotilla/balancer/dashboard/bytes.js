// Keys and values are bytes. What they look like as text, as hex, in a path. Pure.

const encoder = new TextEncoder();

/** Text as UTF-8. */
export function utf8(text) {
  return encoder.encode(text);
}

/** UTF-8 as text, or null when the bytes are not UTF-8. A byte order mark is kept. */
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function hex(byte) {
  return byte.toString(16).padStart(2, '0');
}

/** Bytes as hex digits without blanks; names a key in maps. */
export function hexOf(bytes) {
  let text = '';
  for (const byte of bytes) {
    text += hex(byte);
  }
  return text;
}

/** Bytes percent-encoded for a path or a query. */
export function percentEncoded(bytes) {
  let text = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    text += /[A-Za-z0-9\-._~]/.test(char) ? char : `%${hex(byte).toUpperCase()}`;
  }
  return text;
}

/** Base64 as bytes; null when it is none. */
export function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Sixteen bytes a line: offset, hex, printable ASCII; at most so many bytes of it. */
export function hexDump(bytes, most) {
  const lines = [];
  const end = Math.min(bytes.length, most);
  for (let from = 0; from < end; from += 16) {
    const part = bytes.subarray(from, Math.min(from + 16, end));
    const digits = Array.from(part, hex).join(' ').padEnd(47);
    const chars = Array.from(part, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.'));
    lines.push(`${from.toString(16).padStart(8, '0')}  ${digits}  ${chars.join('')}`);
  }
  if (end < bytes.length) {
    lines.push(`... ${bytes.length - end} more bytes`);
  }
  return lines.join('\n');
}

/** A key on one line, whatever is in it: text as it is, anything else escaped or as hex. */
export function keyLabel(bytes) {
  const text = textOf(bytes);
  if (text === null) {
    return `0x${hexOf(bytes)}`;
  }
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Whether a one-line input shows the text as it is, so that it may be typed and edited there. */
export function fitsOneLine(text) {
  return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text);
}

/**
 * How a textarea can hold a text. It knows line feeds only, so a text with other line ends either
 * has them put back on saving or is not edited.
 *
 * @returns {text, eol}, or null when editing would change what was not touched
 */
export function forTextarea(text) {
  if (text.includes('\u0000')) {
    return null;
  }
  if (!text.includes('\r')) {
    return { text, eol: '\n' };
  }
  const plain = text.replaceAll('\r\n', '\n');
  const restored = plain.replaceAll('\n', '\r\n');
  return restored === text ? { text: plain, eol: '\r\n' } : null;
}

/** What a textarea holds, with the line ends it came with. */
export function fromTextarea(text, eol) {
  return eol === '\n' ? text : text.replaceAll('\n', eol);
}

const UNIT_MILLIS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as 30s; null when it is none, as the balancer reads it. */
export function durationMillis(text) {
  const match = /^([0-9]{1,15})(ms|s|m|h|d)$/.exec(text);
  if (match === null) {
    return null;
  }
  const value = Number(match[1]) * UNIT_MILLIS[match[2]];
  return value > 0 && value <= 2 ** 53 ? value : null;
}
