// @ts-check
// The routes of the backend, as the user who is signed in.

import { data, routes, send } from './http.js';
import { Problem } from './problem.js';
import { backoff, sleep } from './waiting.js';

/** @import {Role, Target, Visibility} from './types.js' */

/** How often a read that got 429 or 503 is repeated before it fails. */
const READ_ATTEMPTS = 4;
/** The most that a page holds. */
const PAGE = 100;

export class Api {
  #routes;
  #session;

  /**
   * @param {string} base
   * @param {import('./session.js').Session} session
   */
  constructor(base, session) {
    this.#routes = routes(base, (request) => this.#fetch(request));
    this.#session = session;
  }

  me = () => data(this.#routes.GET('/v1/users/me'));
  /** @param {string} displayName */
  rename = (displayName) => data(this.#routes.PATCH('/v1/users/me', { body: { displayName } }));
  mfa = () => data(this.#routes.GET('/v1/users/me/mfa'));
  enrolMfa = () => data(this.#routes.POST('/v1/users/me/mfa'));
  /** @param {string} code */
  confirmMfa = (code) => data(this.#routes.POST('/v1/users/me/mfa/confirm', { body: { code } }));
  /** @param {string} password */
  disableMfa = (password) => data(this.#routes.DELETE('/v1/users/me/mfa', { body: { password } }));
  /** @param {string} password @param {string} newPassword */
  changePassword = (password, newPassword) =>
    data(this.#routes.POST('/v1/password/change', { body: { password, newPassword } }));
  signOutEverywhere = () => data(this.#routes.POST('/v1/sign-out'));
  /** @param {string} [cursor] */
  exportPage = (cursor) => data(this.#routes.GET('/v1/users/me/export', { params: { query: { limit: PAGE, cursor } } }));
  deleteAccount = () => data(this.#routes.DELETE('/v1/users/me'));
  /** @param {string} userId */
  user = (userId) => data(this.#routes.GET('/v1/users/{userId}', { params: { path: { userId } } }));
  /** @param {string} username */
  findUser = (username) => data(this.#routes.GET('/v1/users', { params: { query: { username } } }));

  conversations = () =>
    everyPage(
      (cursor) => data(this.#routes.GET('/v1/conversations', { params: { query: { limit: PAGE, cursor } } })),
      ({ conversations }) => conversations,
    );
  /**
   * In `seq` order.
   * @param {string} conversationId
   * @param {{after?: number, before?: number, limit?: number}} range
   */
  entries = async (conversationId, range) => {
    const params = { path: { conversationId }, query: { limit: PAGE, ...range } };
    return (await data(this.#routes.GET('/v1/conversations/{conversationId}/messages', { params }))).entries;
  };
  /** @param {string} conversationId @param {number} seq */
  entry = (conversationId, seq) =>
    data(this.#routes.GET('/v1/conversations/{conversationId}/messages/{seq}', { params: { path: { conversationId, seq } } }));
  /** @param {string} conversationId @param {number} seq @param {string} body */
  edit = (conversationId, seq, body) =>
    data(
      this.#routes.PATCH('/v1/conversations/{conversationId}/messages/{seq}', {
        params: { path: { conversationId, seq } },
        body: { body },
      }),
    );
  /** @param {string} conversationId @param {number} seq */
  remove = (conversationId, seq) =>
    data(this.#routes.DELETE('/v1/conversations/{conversationId}/messages/{seq}', { params: { path: { conversationId, seq } } }));
  /** @param {string} conversationId @param {number} seq */
  read = (conversationId, seq) =>
    data(this.#routes.PUT('/v1/conversations/{conversationId}/read', { params: { path: { conversationId } }, body: { seq } }));
  /**
   * @param {Target} target
   * @param {{body: string, replyTo?: number, clientMessageId: string}} message
   */
  send = (target, message) =>
    'groupId' in target
      ? data(this.#routes.POST('/v1/groups/{groupId}/messages', { params: { path: target }, body: message }))
      : data(this.#routes.POST('/v1/messages', { body: { ...target, ...message } }));

  blocks = () =>
    everyPage(
      (cursor) => data(this.#routes.GET('/v1/blocks', { params: { query: { limit: PAGE, cursor } } })),
      ({ blocks }) => blocks,
    );
  /** @param {string} userId */
  block = (userId) => data(this.#routes.PUT('/v1/blocks/{userId}', { params: { path: { userId } } }));
  /** @param {string} userId */
  unblock = (userId) => data(this.#routes.DELETE('/v1/blocks/{userId}', { params: { path: { userId } } }));

  /** @param {{name: string, visibility: Visibility, memberIds: string[], clientGroupId: string}} group */
  createGroup = (group) => data(this.#routes.POST('/v1/groups', { body: group }));
  openGroups = () =>
    everyPage(
      (cursor) => data(this.#routes.GET('/v1/groups', { params: { query: { visibility: 'open', limit: PAGE, cursor } } })),
      ({ groups }) => groups,
    );
  /** @param {string} groupId */
  group = (groupId) => data(this.#routes.GET('/v1/groups/{groupId}', { params: { path: { groupId } } }));
  /** @param {string} groupId @param {{name?: string, visibility?: Visibility}} change */
  changeGroup = (groupId, change) =>
    data(this.#routes.PATCH('/v1/groups/{groupId}', { params: { path: { groupId } }, body: change }));
  /** @param {string} groupId */
  deleteGroup = (groupId) => data(this.#routes.DELETE('/v1/groups/{groupId}', { params: { path: { groupId } } }));
  /** @param {string} groupId @param {string} [cursor] */
  members = (groupId, cursor) =>
    data(this.#routes.GET('/v1/groups/{groupId}/members', { params: { path: { groupId }, query: { limit: PAGE, cursor } } }));
  /** @param {string} groupId @param {string} userId @param {Role} [role] */
  putMember = (groupId, userId, role) =>
    data(
      this.#routes.PUT('/v1/groups/{groupId}/members/{userId}', {
        params: { path: { groupId, userId } },
        body: role && { role },
      }),
    );
  /** @param {string} groupId @param {string} userId */
  removeMember = (groupId, userId) =>
    data(this.#routes.DELETE('/v1/groups/{groupId}/members/{userId}', { params: { path: { groupId, userId } } }));

  /** Ends the session here where it has ended elsewhere. */
  checkSession = () => this.#session.refresh();
  realtimeToken = () => data(this.#routes.POST('/v1/realtime/token'));

  /**
   * Repeats a read where that may help.
   * @param {Request} request
   */
  async #fetch(request) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send(request);
      } catch (problem) {
        const again = problem instanceof Problem && problem.isTransient && problem.status !== 0;
        if (request.method !== 'GET' || !again || attempt === READ_ATTEMPTS) throw problem;
        await sleep((problem.retryAfter ?? 0) * 1_000 + backoff(attempt - 1));
      }
    }
  }

  /** @param {Request} request */
  async #send(request) {
    try {
      return await send(signed(request, await this.#session.token()));
    } catch (problem) {
      if (!(problem instanceof Problem && problem.status === 401)) throw problem;
    }
    return send(signed(request, await this.#session.refresh()));
  }
}

/**
 * @param {Request} request
 * @param {string} token
 */
function signed(request, token) {
  const copy = request.clone();
  copy.headers.set('authorization', `Bearer ${token}`);
  return copy;
}

/**
 * @template {{nextCursor?: string}} Page
 * @template Row
 * @param {(cursor?: string) => Promise<Page>} load
 * @param {(page: Page) => Row[]} rowsOf
 */
async function everyPage(load, rowsOf) {
  const rows = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    const page = await load(cursor);
    rows.push(...rowsOf(page));
    cursor = page.nextCursor;
  } while (cursor);
  return rows;
}
