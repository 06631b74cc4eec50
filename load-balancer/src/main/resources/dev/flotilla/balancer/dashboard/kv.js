// The REST door /v1/kv: one function for each operation on keys. No DOM.

import { durationMillis, fromBase64, percentEncoded, textOf, utf8 } from './bytes.js';
import { Failure, json, send } from './http.js';

/**
 * The path of a key.
 *
 * @throws Failure for a key that no browser can send: it takes `.` and `..` out of every path,
 *     percent-encoded or not
 */
export function keyPath(key) {
  if (key.length === 0) {
    throw new Failure({ status: 0, detail: 'the key is empty', outcome: 'not_applied' });
  }
  const text = textOf(key);
  if (text === '.' || text === '..') {
    throw new Failure({
      status: 0,
      detail: `a browser cannot ask for the key "${text}"; use the command line for it`,
      outcome: 'not_applied',
    });
  }
  return `/v1/kv/${percentEncoded(key)}`;
}

/** The ETag of an answer, without the mark that a compressing proxy puts before it. */
function etagOf(headers) {
  const etag = headers.get('ETag');
  if (etag !== null) {
    return etag.replace(/^W\//, '');
  }
  const revision = headers.get('X-Flotilla-Revision');
  return revision === null ? null : `"${revision}"`;
}

/** The revision within an ETag, as text: it may be larger than a number holds. */
export function revisionIn(etag) {
  return etag === null ? null : etag.replaceAll('"', '');
}

/** When a key expires by this browser's clock, from a header such as 29500ms; null = never. */
export function expiresAt(header, nowMillis) {
  const left = header === '0ms' ? 0 : durationMillis(header ?? '');
  return left === null ? null : nowMillis + left;
}

/** The precondition of a write as headers: {etag}, {absent: true} or {} for none. */
export function preconditionHeaders({ etag = null, absent = false }) {
  if (etag !== null) {
    return { 'If-Match': etag };
  }
  return absent ? { 'If-None-Match': '*' } : {};
}

/**
 * Reads a key, linearizably.
 *
 * @returns {found: true, value, etag, expiresAt, group, readAt}, or {found: false, group, readAt}
 */
export async function get(key) {
  try {
    const { headers, body } = await send('GET', keyPath(key));
    const readAt = Date.now();
    return {
      found: true,
      value: body,
      etag: etagOf(headers),
      expiresAt: expiresAt(headers.get('X-Flotilla-Expires-In'), readAt),
      group: headers.get('X-Flotilla-Group'),
      readAt,
    };
  } catch (error) {
    if (error instanceof Failure && error.status === 404 && error.code === 'NOT_FOUND') {
      return { found: false, group: error.group, readAt: Date.now() };
    }
    throw error;
  }
}

/**
 * Sets a key.
 *
 * @param condition see {@link preconditionHeaders}
 * @param ttl such as 30s; empty = it stays
 * @returns {created, etag, expiresAt, group, readAt}
 */
export async function put(key, value, condition, ttl) {
  const query = ttl === '' ? '' : `?ttl=${percentEncoded(utf8(ttl))}`;
  const { status, headers } = await send('PUT', keyPath(key) + query, {
    headers: { 'Content-Type': 'application/octet-stream', ...preconditionHeaders(condition) },
    body: value,
  });
  const readAt = Date.now();
  return {
    created: status === 201,
    etag: etagOf(headers),
    expiresAt: ttl === '' ? null : expiresAt(ttl, readAt),
    group: headers.get('X-Flotilla-Group'),
    readAt,
  };
}

/**
 * Deletes a key.
 *
 * @returns whether it was there
 */
export async function remove(key, condition) {
  try {
    await send('DELETE', keyPath(key), { headers: preconditionHeaders(condition) });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.status === 404 && error.code === 'NOT_FOUND') {
      return false;
    }
    throw error;
  }
}

/**
 * One page of keys with a prefix.
 *
 * @param cursor from the page before; null = the first page
 * @returns {keys: [{key: Uint8Array, revision, size, expiresAt}], cursor}
 */
export async function list(prefix, cursor, limit) {
  const parts = [`limit=${limit}`, `prefix=${percentEncoded(utf8(prefix))}`];
  if (cursor !== null) {
    parts.push(`cursor=${percentEncoded(utf8(cursor))}`);
  }
  const page = await json('GET', `/v1/kv?${parts.join('&')}`);
  const keys = Array.isArray(page.keys) ? page.keys.slice(0, limit).map((raw) => listed(raw ?? {})) : [];
  return {
    keys: keys.filter((key) => key !== null),
    cursor: typeof page.cursor === 'string' ? page.cursor : null,
  };
}

function listed(raw) {
  const key =
    typeof raw.key === 'string'
      ? utf8(raw.key)
      : typeof raw.key_base64 === 'string'
        ? fromBase64(raw.key_base64)
        : null;
  return key === null
    ? null
    : { key, revision: raw.revision, size: raw.size, expiresAt: raw.expires_at_millis ?? null };
}
