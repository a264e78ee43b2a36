// @ts-check
// Who the others are: profiles, loaded when they are first looked at.

import { Problem } from './problem.js';

/** @import {Profile} from './types.js' */
/** @typedef {Profile & {isDeleted?: boolean}} Person */

const RETRY_MS = 5_000;
/** There is no way to ask for many people at once: this many requests run side by side. */
const AT_ONCE = 6;
/** Who made the lobby. */
const SYSTEM = 'system';

export class People {
  #load;
  #changed;
  /** @type {Map<string, Person | undefined>} undefined: on its way. */
  #profiles = new Map();
  /** @type {string[]} */
  #queue = [];
  #running = 0;

  /**
   * @param {import('./api.js').Api['user']} load
   * @param {() => void} changed
   */
  constructor(load, changed) {
    this.#load = load;
    this.#changed = changed;
    this.put({ userId: SYSTEM, username: SYSTEM, displayName: 'Chinwag' });
  }

  /** @param {Person} profile */
  put(profile) {
    this.#profiles.set(profile.userId, profile);
    this.#changed();
  }

  /**
   * The profile, as soon as it is there.
   * @param {string} userId
   */
  get(userId) {
    if (!this.#profiles.has(userId)) {
      this.#profiles.set(userId, undefined);
      this.#queue.push(userId);
      this.#next();
    }
    return this.#profiles.get(userId);
  }

  /**
   * Who has deleted their account is nobody any more.
   * @param {string} userId
   */
  forget = (userId) => this.put({ userId, username: '', displayName: 'Deleted user', isDeleted: true });

  /** @param {string} userId */
  name(userId) {
    const profile = this.get(userId);
    return profile ? profile.displayName || profile.username : '…';
  }

  #next() {
    if (this.#running === AT_ONCE) return;
    const userId = this.#queue.shift();
    if (userId === undefined) return;
    this.#running += 1;
    this.#fetch(userId).finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }

  /** @param {string} userId */
  async #fetch(userId) {
    try {
      this.put(await this.#load(userId));
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 404) {
        this.forget(userId);
      } else {
        setTimeout(() => {
          this.#profiles.delete(userId);
          this.#changed();
        }, RETRY_MS);
      }
    }
  }
}
