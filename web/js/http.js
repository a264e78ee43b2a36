// @ts-check
// One request, one answer: JSON in, JSON out, every failure a Problem.

import { Problem } from './problem.js';

const PATIENCE_MS = 30_000;

/**
 * @param {string} url
 * @param {{method?: string, body?: unknown, token?: string, keepalive?: boolean}} [options] `keepalive`: also
 *   where the page is left meanwhile
 * @returns {Promise<any>} the answer's body; undefined where it has none
 */
export async function request(url, { method = 'GET', body, token, keepalive } = {}) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token) headers.authorization = `Bearer ${token}`;
  let response, text;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      keepalive,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    text = await response.text();
  } catch {
    throw new Problem(0);
  }
  const answer = parse(text);
  if (response.ok) return answer;
  throw new Problem(response.status, answer, seconds(response.headers.get('retry-after')));
}

/** @param {string} text */
function parse(text) {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string | null} header */
function seconds(header) {
  const value = Number(header);
  return header !== null && Number.isFinite(value) ? value : undefined;
}
