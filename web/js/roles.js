// @ts-check
// One's own role in each group. The contract has no shorter way to it than the members.

import { ignoreProblem } from './problem.js';

/** @import {Role} from './types.js' */

/** How many pages of members are looked through. */
const PAGES = 10;

export class Roles {
  #userId;
  #members;
  #topics;
  /** undefined: on its way. @type {Map<string, Role | undefined>} */
  #roles = new Map();

  /**
   * @param {string} userId
   * @param {import('./api.js').Api['members']} members
   * @param {import('./topics.js').Topics} topics
   */
  constructor(userId, members, topics) {
    this.#userId = userId;
    this.#members = members;
    this.#topics = topics;
  }

  /**
   * The role, as soon as it is known.
   * @param {string} groupId
   */
  get(groupId) {
    if (!this.#roles.has(groupId)) {
      this.#roles.set(groupId, undefined);
      this.#load(groupId).catch(ignoreProblem);
    }
    return this.#roles.get(groupId);
  }

  /**
   * @param {string} groupId
   * @param {Role} role
   */
  set(groupId, role) {
    this.#roles.set(groupId, role);
    this.#topics.tell('roles');
  }

  /** They may have changed: those that are looked at are loaded again. */
  forget() {
    this.#roles.clear();
    this.#topics.tell('roles');
  }

  /** @param {string} groupId */
  async #load(groupId) {
    let cursor;
    for (let page = 0; page < PAGES; page += 1) {
      const { members, nextCursor } = await this.#members(groupId, cursor);
      const own = members.find(({ userId }) => userId === this.#userId);
      if (own || !nextCursor) return this.set(groupId, own?.role ?? 'member');
      cursor = nextCursor;
    }
    return this.set(groupId, 'member');
  }
}
