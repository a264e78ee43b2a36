// @ts-check
// The routes of the backend, as the user who is signed in.

import { request } from './http.js';
import { Problem } from './problem.js';
import { backoff, sleep } from './waiting.js';

/** @import {Conversation, Entry, Group, Member, Message, Profile, Role, Target, Visibility} from './types.js' */

/** How often a read that got 429 or 503 is repeated before it fails. */
const READ_ATTEMPTS = 4;
/** The most that a page holds. */
const PAGE = 100;

export class Api {
  #base;
  #session;

  /**
   * @param {string} base
   * @param {import('./session.js').Session} session
   */
  constructor(base, session) {
    this.#base = base;
    this.#session = session;
  }

  /** @returns {Promise<Profile>} */
  me = () => this.#get('users/me');
  /** @param {string} displayName @returns {Promise<Profile>} */
  rename = (displayName) => this.#call('PATCH', 'users/me', { displayName });
  /** @returns {Promise<{softwareToken: boolean}>} */
  mfa = () => this.#get('users/me/mfa');
  /** @returns {Promise<{secret: string, otpauthUri: string}>} */
  enrolMfa = () => this.#call('POST', 'users/me/mfa');
  /** @param {string} code @returns {Promise<void>} */
  confirmMfa = (code) => this.#call('POST', 'users/me/mfa/confirm', { code });
  /** @param {string} password @returns {Promise<void>} */
  disableMfa = (password) => this.#call('DELETE', 'users/me/mfa', { password });
  /** @param {string} password @param {string} newPassword @returns {Promise<void>} */
  changePassword = (password, newPassword) => this.#call('POST', 'password/change', { password, newPassword });
  /** @returns {Promise<void>} */
  signOutEverywhere = () => this.#call('POST', 'sign-out');
  /** @param {string} [cursor] @returns {Promise<{items: object[], nextCursor?: string}>} */
  exportPage = (cursor) => this.#get(`users/me/export?limit=${PAGE}${next(cursor)}`);
  /** @returns {Promise<void>} */
  deleteAccount = () => this.#call('DELETE', 'users/me');
  /** @param {string} userId @returns {Promise<Profile>} */
  user = (userId) => this.#get(`users/${encodeURIComponent(userId)}`);
  /** @param {string} username @returns {Promise<Profile>} */
  findUser = (username) => this.#get(`users?username=${encodeURIComponent(username)}`);

  /** @returns {Promise<Conversation[]>} */
  conversations = () => this.#all('conversations', 'conversations');
  /**
   * @param {string} conversationId
   * @param {{after?: number, before?: number, limit?: number}} range
   * @returns {Promise<Entry[]>} in `seq` order
   */
  entries = async (conversationId, range) => {
    const query = Object.entries({ limit: PAGE, ...range })
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    return (await this.#get(`conversations/${conversationId}/messages?${query}`)).entries;
  };
  /** @param {string} conversationId @param {number} seq @returns {Promise<Entry>} */
  entry = (conversationId, seq) => this.#get(`conversations/${conversationId}/messages/${seq}`);
  /** @param {string} conversationId @param {number} seq @param {string} body @returns {Promise<Message>} */
  edit = (conversationId, seq, body) =>
    this.#call('PATCH', `conversations/${conversationId}/messages/${seq}`, { body });
  /** @param {string} conversationId @param {number} seq @returns {Promise<void>} */
  remove = (conversationId, seq) => this.#call('DELETE', `conversations/${conversationId}/messages/${seq}`);
  /** @param {string} conversationId @param {number} seq @returns {Promise<void>} */
  read = (conversationId, seq) => this.#call('PUT', `conversations/${conversationId}/read`, { seq });
  /**
   * @param {Target} target
   * @param {{body: string, replyTo?: number, clientMessageId: string}} message
   * @returns {Promise<Message>}
   */
  send = (target, message) =>
    'groupId' in target
      ? this.#call('POST', `groups/${target.groupId}/messages`, message)
      : this.#call('POST', 'messages', { ...target, ...message });

  /** @returns {Promise<{userId: string}[]>} */
  blocks = () => this.#all('blocks', 'blocks');
  /** @param {string} userId @returns {Promise<void>} */
  block = (userId) => this.#call('PUT', `blocks/${userId}`);
  /** @param {string} userId @returns {Promise<void>} */
  unblock = (userId) => this.#call('DELETE', `blocks/${userId}`);

  /**
   * @param {{name: string, visibility: Visibility, memberIds: string[], clientGroupId: string}} group
   * @returns {Promise<Group>}
   */
  createGroup = (group) => this.#call('POST', 'groups', group);
  /** @returns {Promise<Group[]>} */
  openGroups = () => this.#all('groups', 'groups', 'visibility=open&');
  /** @param {string} groupId @returns {Promise<Group>} */
  group = (groupId) => this.#get(`groups/${groupId}`);
  /** @param {string} groupId @param {{name?: string, visibility?: Visibility}} change @returns {Promise<Group>} */
  changeGroup = (groupId, change) => this.#call('PATCH', `groups/${groupId}`, change);
  /** @param {string} groupId @returns {Promise<void>} */
  deleteGroup = (groupId) => this.#call('DELETE', `groups/${groupId}`);
  /** @param {string} groupId @param {string} [cursor] @returns {Promise<{members: Member[], nextCursor?: string}>} */
  members = (groupId, cursor) => this.#get(`groups/${groupId}/members?limit=${PAGE}${next(cursor)}`);
  /** @param {string} groupId @param {string} userId @param {Role} [role] @returns {Promise<Member>} */
  putMember = (groupId, userId, role) => this.#call('PUT', `groups/${groupId}/members/${userId}`, role && { role });
  /** @param {string} groupId @param {string} userId @returns {Promise<void>} */
  removeMember = (groupId, userId) => this.#call('DELETE', `groups/${groupId}/members/${userId}`);

  /** Ends the session here where it has ended elsewhere. */
  checkSession = () => this.#session.refresh();
  /** @returns {Promise<{token: string, expiresIn: number, url: string}>} */
  realtimeToken = () => this.#call('POST', 'realtime/token');

  /**
   * Every page of a list.
   * @param {string} path
   * @param {string} field
   * @param {string} [query]
   */
  async #all(path, field, query = '') {
    const rows = [];
    let cursor;
    do {
      const page = await this.#get(`${path}?${query}limit=${PAGE}${next(cursor)}`);
      rows.push(...page[field]);
      cursor = page.nextCursor;
    } while (cursor);
    return rows;
  }

  /**
   * A read: repeated where that may help.
   * @param {string} path
   */
  async #get(path) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#call('GET', path);
      } catch (problem) {
        const again = problem instanceof Problem && problem.isTransient && problem.status !== 0;
        if (!again || attempt + 1 === READ_ATTEMPTS) throw problem;
        await sleep((problem.retryAfter ?? 0) * 1_000 + backoff(attempt));
      }
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async #call(method, path, body) {
    const url = `${this.#base}/v1/${path}`;
    const token = await this.#session.token();
    try {
      return await request(url, { method, body, token });
    } catch (problem) {
      if (!(problem instanceof Problem && problem.status === 401)) throw problem;
    }
    return request(url, { method, body, token: await this.#session.refresh() });
  }
}

/** @param {string} [cursor] */
const next = (cursor) => (cursor ? `&cursor=${encodeURIComponent(cursor)}` : '');
