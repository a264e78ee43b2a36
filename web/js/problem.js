// @ts-check
// What went wrong, and how it is said to people.

/** @import {FieldError} from './types.js' */

/** A request that was not carried out. Status 0: there was no answer. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, detail?: string, errors?: FieldError[]}} [body]
   * @param {number} [retryAfter] in seconds
   */
  constructor(status, body = {}, retryAfter) {
    super(body.detail ?? `status ${status}`);
    this.status = status;
    this.code = body.code ?? CODES[status] ?? 'unknown';
    this.detail = body.detail;
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may work when it is repeated. */
  get isTransient() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

// For answers without a problem of ours: those of API Gateway itself.
/** @type {Record<number, string>} */
const CODES = {
  0: 'network',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  413: 'too-large',
  429: 'too-many-requests',
  503: 'unavailable',
};

/** @type {Record<string, string>} */
const WORDS = {
  network: 'There is no connection to the server.',
  unauthenticated: 'Your session has ended. Please sign in again.',
  'bad-credentials': 'The user name or the password is wrong.',
  'not-confirmed': 'This account still waits for its code.',
  'not-a-member': 'You are not a member of this group.',
  blocked: 'A block stands between you and this person.',
  'username-taken': 'This user name is taken.',
  'last-owner': 'A group needs an owner. Make somebody else owner first.',
  'group-full': 'This group has as many members as it may have.',
  deleted: 'This message was deleted in the meantime.',
  'client-message-id-reused': 'This was already sent with another text.',
  'client-group-id-reused': 'This group was already made with other members or another name.',
  'too-large': 'This is too large to be sent.',
  'too-many-requests': 'That was too fast. Please wait a moment.',
  unavailable: 'The server is busy. Please try again in a moment.',
  internal: 'Something went wrong on the server.',
};

/**
 * @param {unknown} problem
 * @returns {string}
 */
export function inWords(problem) {
  if (!(problem instanceof Problem)) throw problem;
  if (WORDS[problem.code]) return WORDS[problem.code];
  if (problem.errors.length > 0) return problem.errors.map(({ detail }) => sentence(detail)).join(' ');
  return sentence(problem.detail ?? 'That did not work.');
}

/** @param {string} text */
export function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/**
 * For work that is done again anyway, at the next change or connection.
 * @param {unknown} problem
 */
export function ignoreProblem(problem) {
  if (!(problem instanceof Problem)) throw problem;
}
