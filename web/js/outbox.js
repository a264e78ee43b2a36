// @ts-check
// Messages on their way. Each lies in localStorage under its `clientMessageId` until the server has said what became of it, so
// that a reload, another tab or a night offline loses none, and repeating it with the same id stores it once.
//
// They go over HTTP, not over the socket: it works while the socket is down, its answers carry the status and `Retry-After`
// that decide what comes next, and there is one path to get right. The socket saves nothing here: the message is on the
// screen before it is sent.

import { inWords, Problem } from './problem.js';
import { newId } from './new-id.js';
import { backoff, exclusively } from './waiting.js';

/** @import {Message, Target} from './types.js' */

/** For how long the server knows a `clientMessageId` (24 h), with a margin. */
const KNOWN_MS = 23 * 3_600_000;

/**
 * @typedef {{clientMessageId: string, target: Target, body: string, replyTo?: number, createdAt: string, order: number,
 *   firstTry?: number, delay?: string, failure?: string}} Outgoing `delay`: why it is not sent yet, in words; `failure`: why
 *   it was refused, and waits for its writer.
 */

export class Outbox {
  #prefix;
  #send;
  #topics;
  /** @type {Map<string, {attempt: number, timer?: ReturnType<typeof setTimeout>, busy: boolean}>} By target. */
  #lanes = new Map();
  #isStopped = false;
  /** Called with each message that was stored. @type {(message: Message) => void} */
  onSent = () => {};

  /**
   * @param {string} userId
   * @param {import('./api.js').Api['send']} send
   * @param {import('./topics.js').Topics} topics
   */
  constructor(userId, send, topics) {
    this.#prefix = `chinwag.outbox.${userId}.`;
    this.#send = send;
    this.#topics = topics;
    this.onStorage = (/** @type {StorageEvent} */ event) => {
      if (event.key?.startsWith(this.#prefix)) topics.tell('outbox');
    };
    addEventListener('storage', this.onStorage);
  }

  stop() {
    this.#isStopped = true;
    removeEventListener('storage', this.onStorage);
    this.#lanes.forEach(({ timer }) => clearTimeout(timer));
  }

  /**
   * What waits for `target`, oldest first.
   * @param {string} [target] its id; without it, for anyone
   * @returns {Outgoing[]}
   */
  waiting(target) {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
    const all = keys.map((key) => /** @type {Outgoing} */ (JSON.parse(localStorage.getItem(key) ?? '')));
    return all.filter((message) => !target || idOf(message.target) === target).sort((a, b) => a.order - b.order);
  }

  /**
   * @param {Target} target
   * @param {string} body
   * @param {number} [replyTo]
   */
  put(target, body, replyTo) {
    const order = Math.max(Date.now(), 1 + (this.waiting(idOf(target)).at(-1)?.order ?? 0));
    const createdAt = new Date().toISOString();
    this.#keep({ clientMessageId: newId(), target, body, replyTo, createdAt, order });
    this.#drain(idOf(target));
  }

  /** Tries everything that was not refused: there is a connection again. */
  flush() {
    new Set(this.waiting().map(({ target }) => idOf(target))).forEach((target) => {
      const lane = this.#lane(target);
      if (lane.busy) return;
      clearTimeout(lane.timer);
      this.#drain(target);
    });
  }

  /**
   * Sends what was refused once more. What may have been stored too long ago to be known there is a new message.
   * @param {Outgoing} message
   */
  retry({ failure: _, ...message }) {
    this.discard(message);
    const isKnown = Date.now() - (message.firstTry ?? Date.now()) < KNOWN_MS;
    const { firstTry: __, ...again } = message;
    this.#keep(isKnown ? message : { ...again, clientMessageId: newId() });
    this.#drain(idOf(message.target));
  }

  /** @param {Outgoing} message */
  discard({ clientMessageId }) {
    localStorage.removeItem(this.#prefix + clientMessageId);
    this.#topics.tell('outbox');
  }

  /** @param {Outgoing} message */
  #keep(message) {
    localStorage.setItem(this.#prefix + message.clientMessageId, JSON.stringify(message));
    this.#topics.tell('outbox');
  }

  /** @param {string} target */
  #lane(target) {
    const lane = this.#lanes.get(target) ?? { attempt: 0, busy: false };
    this.#lanes.set(target, lane);
    return lane;
  }

  /**
   * Sends what waits for `target`, one after the other, so that their order is kept; in one tab at a time.
   * @param {string} target
   */
  async #drain(target) {
    const lane = this.#lane(target);
    if (lane.busy) return;
    lane.busy = true;
    const pause = await exclusively(this.#prefix + target, () => this.#sendAll(target, lane));
    lane.busy = false;
    if (this.#isStopped) return;
    if (pause !== undefined) lane.timer = setTimeout(() => this.#drain(target), pause);
    else if (this.#next(target)) this.#drain(target);
  }

  /** @param {string} target */
  #next = (target) => this.waiting(target).find(({ failure }) => !failure);

  /**
   * @param {string} target
   * @param {{attempt: number}} lane
   * @returns {Promise<number | undefined>} after how many milliseconds to go on
   */
  async #sendAll(target, lane) {
    for (let message; (message = this.#next(target)) && !this.#isStopped;) {
      const problem = await this.#sendOne(message);
      if (!problem) {
        lane.attempt = 0;
        continue;
      }
      lane.attempt += 1;
      return (problem.retryAfter ?? 0) * 1_000 + backoff(lane.attempt);
    }
    return undefined;
  }

  /**
   * @param {Outgoing} message
   * @returns {Promise<Problem | undefined>} why it has to be tried again
   */
  async #sendOne(message) {
    const { clientMessageId, target, body, replyTo, firstTry = Date.now() } = message;
    if (Date.now() - firstTry > KNOWN_MS) {
      this.#keep({ ...message, failure: 'Nobody knows any more whether this was sent.' });
      return undefined;
    }
    localStorage.setItem(this.#prefix + clientMessageId, JSON.stringify({ ...message, firstTry }));
    try {
      this.onSent(await this.#send(target, { clientMessageId, body, replyTo }));
      this.discard(message);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // Whose it was has left; it waits for them as it is, unless they deleted their account.
      if (this.#isStopped) return undefined;
      if (problem.isTransient || problem.status === 401) {
        this.#keep({ ...message, firstTry, delay: delayOf(problem) });
        return problem;
      }
      this.#keep({ ...message, firstTry, failure: inWords(problem) });
    }
    return undefined;
  }
}

/** @param {Problem} problem */
const delayOf = ({ status }) => (status === 429 ? 'too fast, waits a moment' : 'waits for the server');

/** @param {Target} target */
export const idOf = (target) => ('groupId' in target ? target.groupId : target.recipientId);
