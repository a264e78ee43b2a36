// @ts-check
// Who is typing where, and telling the others that one is.

/** @import {ClientFrame} from './types.js' */

const SHOWN_MS = 5_000;
const EVERY_MS = 3_000;

export class Typing {
  #send;
  #topics;
  /** By conversation and person. @type {Map<string, Map<string, ReturnType<typeof setTimeout>>>} */
  #people = new Map();
  /** When it was last told, by conversation. @type {Map<string, number>} */
  #toldAt = new Map();

  /**
   * @param {(frame: ClientFrame) => void} send
   * @param {import('./topics.js').Topics} topics
   */
  constructor(send, topics) {
    this.#send = send;
    this.#topics = topics;
  }

  /** @param {string} conversationId */
  in(conversationId) {
    return [...(this.#people.get(conversationId)?.keys() ?? [])];
  }

  /**
   * @param {string} conversationId
   * @param {string} userId
   */
  begin(conversationId, userId) {
    const people = this.#people.get(conversationId) ?? new Map();
    clearTimeout(people.get(userId));
    people.set(
      userId,
      setTimeout(() => this.end(conversationId, userId), SHOWN_MS),
    );
    this.#people.set(conversationId, people);
    this.#topics.tell('typing');
  }

  /**
   * @param {string} conversationId
   * @param {string} userId
   */
  end(conversationId, userId) {
    const people = this.#people.get(conversationId);
    clearTimeout(people?.get(userId));
    if (people?.delete(userId)) this.#topics.tell('typing');
  }

  /**
   * The user types.
   * @param {string} conversationId
   */
  say(conversationId) {
    const now = Date.now();
    if (now - (this.#toldAt.get(conversationId) ?? 0) < EVERY_MS) return;
    this.#toldAt.set(conversationId, now);
    this.#send({ action: 'typing', conversationId });
  }
}
