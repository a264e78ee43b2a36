// @ts-check
// What other systems told the user. The server forgets a notification once it is confirmed, so it is kept here first.

const MOST = 100;

/** @typedef {{messageId: string, message: unknown, at: string, isRead: boolean}} Notice */

export class Notices {
  #key;
  #topics;
  /** Called with each new one. @type {(notice: Notice) => void} */
  onNotice = () => {};

  /**
   * @param {string} userId
   * @param {import('./topics.js').Topics} topics
   */
  constructor(userId, topics) {
    this.#key = `chinwag.notices.${userId}`;
    this.#topics = topics;
  }

  /** @returns {Notice[]} newest first */
  all() {
    return JSON.parse(localStorage.getItem(this.#key) ?? '[]');
  }

  get unread() {
    return this.all().filter(({ isRead }) => !isRead).length;
  }

  /**
   * Keeps one; the same `messageId` comes again until it is confirmed, and counts once.
   * @param {string} messageId
   * @param {unknown} message
   */
  take(messageId, message) {
    const held = this.all();
    if (held.some((notice) => notice.messageId === messageId)) return;
    const notice = { messageId, message, at: new Date().toISOString(), isRead: false };
    this.#keep([notice, ...held].slice(0, MOST));
    this.onNotice(notice);
  }

  readAll() {
    this.#keep(this.all().map((notice) => ({ ...notice, isRead: true })));
  }

  clear() {
    this.#keep([]);
  }

  /** @param {Notice[]} notices */
  #keep(notices) {
    localStorage.setItem(this.#key, JSON.stringify(notices));
    this.#topics.tell('notices');
  }
}

/**
 * A notification is any JSON: its text, where it has one by a common name.
 * @param {unknown} message
 * @returns {{title?: string, text: string}}
 */
export function readable(message) {
  if (typeof message === 'string') return { text: message };
  const { title, subject, text, body } = /** @type {Record<string, unknown>} */ (Object(message));
  const said = [text, body].find((value) => typeof value === 'string');
  const headed = [title, subject].find((value) => typeof value === 'string');
  if (said === undefined && headed === undefined) return { text: JSON.stringify(message, undefined, 2) };
  return { title: headed && String(headed), text: String(said ?? '') };
}
