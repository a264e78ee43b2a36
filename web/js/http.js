// @ts-check
// Requests as the contract has them: every failure is a Problem.

import { Problem } from './problem.js';
import untyped from './vendor/openapi-fetch.js';

/** @import {Client, ClientOptions} from 'openapi-fetch' */
/** @import {paths} from './types.js' */

const PATIENCE_MS = 30_000;

const createClient = /** @type {(options: ClientOptions) => Client<paths>} */ (untyped);

/**
 * The routes of the API at `baseUrl`.
 * @param {string} baseUrl
 * @param {(request: Request) => Promise<Response>} [fetch] fails with a Problem, as `send` does
 */
export const routes = (baseUrl, fetch = send) => createClient({ baseUrl, fetch });

/**
 * The answer, where it is one of success.
 * @param {Request} request
 */
export async function send(request) {
  let response, text;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    response = await fetch(request, { cache: 'no-store', credentials: 'omit', signal });
    text = await response.text();
  } catch {
    throw new Problem(0);
  }
  if (response.ok) return new Response(text || null, response);
  throw new Problem(response.status, parse(text), seconds(response.headers.get('retry-after')));
}

/**
 * What the answer of a route holds.
 * @template {{data?: unknown, error?: unknown}} Answer
 * @param {Promise<Answer>} answer
 * @returns {Promise<Extract<Answer, {error?: undefined}>['data']>}
 */
export const data = async (answer) => (await answer).data;

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string | null} header */
function seconds(header) {
  const value = Number(header);
  return header !== null && Number.isFinite(value) ? value : undefined;
}
