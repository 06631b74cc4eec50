// Requests to the balancer and what it says when they fail (RFC 9457 problem documents).

/** The balancer itself answers within 5 s; beyond this nobody does. */
const TIMEOUT_MILLIS = 15_000;

/** A problem document is small; anything larger is none. */
const MOST_PROBLEM_CHARS = 20_000;

/** A request that was not answered with success. */
export class Failure extends Error {
  /**
   * @param status of HTTP; 0 = no answer came
   * @param outcome applied, not_applied or unknown; null where nothing could have happened
   * @param revision of the key as the answer has it, as text; null = not said
   */
  constructor({
    status,
    code = null,
    detail,
    outcome,
    retryable = false,
    revision = null,
    group = null,
  }) {
    super(detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.outcome = outcome;
    this.retryable = retryable;
    this.revision = revision;
    this.group = group;
  }
}

/** The words for an outcome. */
export function outcomeWord(outcome) {
  switch (outcome) {
    case 'not_applied':
      return 'Outcome: not applied, nothing was changed.';
    case 'unknown':
      return 'Outcome: unknown, it may or may not have taken effect.';
    case 'applied':
      return 'Outcome: applied.';
    default:
      return '';
  }
}

function sentence(text) {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** A failure in full sentences: what, what became of it, whether to try again. */
export function describe(failure) {
  const where = [failure.status === 0 ? null : failure.status, failure.code]
    .filter((part) => part !== null)
    .join(' ');
  const what = `${where === '' ? '' : `${where}: `}${sentence(failure.detail)}`;
  const again = failure.retryable ? 'The same request may well succeed a little later.' : '';
  return [what, outcomeWord(failure.outcome), again].filter((part) => part !== '').join(' ');
}

/** A failure from a problem document, or from an answer that has none. */
export function failureFrom(status, contentType, body, revision, writes) {
  if (contentType.includes('problem+json') && body.length <= MOST_PROBLEM_CHARS) {
    try {
      const problem = JSON.parse(body);
      const detail = problem.detail || problem.title;
      if (typeof detail === 'string') {
        return new Failure({
          status,
          code: typeof problem.code === 'string' ? problem.code : null,
          detail,
          outcome: typeof problem.outcome === 'string' ? problem.outcome : unsaid(writes),
          retryable: problem.retryable === true,
          revision,
          group: typeof problem.group === 'string' ? problem.group : null,
        });
      }
    } catch {
      // Not what it says it is; told below.
    }
  }
  return new Failure({
    status,
    detail: 'the answer gives no reason',
    outcome: unsaid(writes),
    revision,
  });
}

function unsaid(writes) {
  return writes ? 'unknown' : null;
}

function revisionOf(response) {
  const text = response.headers.get('X-Flotilla-Revision');
  return text !== null && /^[0-9]+$/.test(text) ? text : null;
}

/**
 * Sends a request and waits for its whole answer.
 *
 * @param signal ends it early; it then fails with an AbortError
 * @returns {status, headers, body: Uint8Array}
 * @throws Failure when no answer came, or none of success
 */
export async function send(method, path, { headers = {}, body = null, signal = null } = {}) {
  const writes = method !== 'GET' && method !== 'HEAD';
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MILLIS);
  const stop = () => limit.abort();
  if (signal !== null) {
    signal.addEventListener('abort', stop);
    if (signal.aborted) {
      limit.abort();
    }
  }
  try {
    const response = await fetch(path, {
      method,
      headers,
      body,
      cache: 'no-store',
      signal: limit.signal,
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) {
      const type = response.headers.get('Content-Type') ?? '';
      const text = new TextDecoder().decode(bytes);
      throw failureFrom(response.status, type, text, revisionOf(response), writes);
    }
    return { status: response.status, headers: response.headers, body: bytes };
  } catch (error) {
    if (error instanceof Failure || signal?.aborted) {
      throw error;
    }
    throw new Failure({
      status: 0,
      detail: limit.signal.aborted
        ? `no answer within ${TIMEOUT_MILLIS / 1000} s`
        : 'the balancer cannot be reached',
      outcome: unsaid(writes),
      retryable: true,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** As {@link send}; the answer's body as a JSON object. */
export async function json(method, path, options) {
  const answer = await send(method, path, options);
  try {
    const value = JSON.parse(new TextDecoder().decode(answer.body));
    if (value !== null && typeof value === 'object') {
      return value;
    }
  } catch {
    // Told below.
  }
  throw new Failure({
    status: answer.status,
    detail: 'the answer is no JSON object',
    outcome: unsaid(method !== 'GET'),
  });
}

/** Posts an object as JSON; the answer's body as an object. */
export function post(path, value) {
  return json('POST', path, {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  });
}
