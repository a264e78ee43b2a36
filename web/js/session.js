// @ts-check
// Who is signed in. The access token is held in memory alone and lives for 15 minutes. The refresh token is in localStorage,
// so that a reload and other tabs stay signed in. That means: whoever can run a script on this origin, or read this browser
// profile, can act as this user until the token ends. The content security policy (no inline script, no foreign source) and
// rendering bodies as text alone are what stands before the first; signing out removes it, and ends it at the server.

import { data, routes } from './http.js';
import { ignoreProblem, Problem } from './problem.js';
import { exclusively } from './waiting.js';

const KEY = 'chinwag.session';
/** A token that ends this soon is not used any more. */
const MARGIN_MS = 60_000;

/** @import {AuthenticateCode, Register, SignIn, SignInChallenge} from './types.js' */
/** @typedef {{refreshToken: string, isHosted?: boolean}} Kept */

export class Session {
  #routes;
  #accessToken = '';
  #endsAt = 0;
  /** @type {Promise<string> | undefined} */
  #refreshing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Called when the session is over without the user having asked for it here. */
  onEnd = () => {};

  /** @param {string} base */
  constructor(base) {
    this.#routes = routes(base);
    addEventListener('storage', (event) => {
      if (event.key === KEY && event.newValue === null) this.#end();
    });
  }

  /** Whether there is something to resume. */
  get isKept() {
    return kept() !== undefined;
  }

  /** Whether it began on the hosted pages. */
  get isHosted() {
    return kept()?.isHosted === true;
  }

  /**
   * @param {string} username
   * @param {string} password
   * @returns {Promise<SignInChallenge | undefined>} nothing: it is done
   */
  async signIn(username, password) {
    return this.#goOn(await data(this.#routes.POST('/v1/authenticate', { body: { username, password } })));
  }

  /**
   * @param {string} username
   * @param {SignInChallenge} step
   * @param {string} answer
   * @returns {Promise<SignInChallenge | undefined>} as `signIn`
   */
  async answer(username, { challenge, session }, answer) {
    const body = { username, challenge, session, answer };
    return this.#goOn(await data(this.#routes.POST('/v1/authenticate/challenge', { body })));
  }

  /** @param {AuthenticateCode} grant what the hosted pages sent back with */
  async exchange(grant) {
    this.#take(await data(this.#routes.POST('/v1/authenticate/code', { body: grant })), { isHosted: true });
  }

  /** @param {string} username */
  forgot(username) {
    return data(this.#routes.POST('/v1/password/forgot', { body: { username } }));
  }

  /**
   * @param {string} username
   * @param {string} code
   * @param {string} password
   */
  reset(username, code, password) {
    return data(this.#routes.POST('/v1/password/reset', { body: { username, code, password } }));
  }

  /** @param {Register} account */
  register(account) {
    return data(this.#routes.POST('/v1/register', { body: account }));
  }

  /**
   * @param {string} username
   * @param {string} code
   */
  confirm(username, code) {
    return data(this.#routes.POST('/v1/register/confirm', { body: { username, code } }));
  }

  /** @param {string} username */
  resend(username) {
    return data(this.#routes.POST('/v1/register/resend', { body: { username } }));
  }

  /** An access token that is good for a while; a new one where need be. */
  async token() {
    return this.#isFresh() ? this.#accessToken : this.refresh();
  }

  #isFresh() {
    return Date.now() < this.#endsAt - MARGIN_MS;
  }

  /** A new access token. */
  refresh() {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Ends it here at once, and at the server if that can be reached. */
  signOut() {
    const refreshToken = kept()?.refreshToken;
    const token = this.#isFresh() ? this.#accessToken : undefined;
    this.discard();
    if (refreshToken) this.#revoke(refreshToken, token).catch(ignoreProblem);
  }

  /**
   * @param {string} refreshToken
   * @param {string} [token] an access token; a new one where there is none
   */
  async #revoke(refreshToken, token) {
    const renewed = token ? undefined : await data(this.#routes.POST('/v1/authenticate/refresh', { body: { refreshToken } }));
    const headers = { authorization: `Bearer ${renewed?.accessToken ?? token}` };
    const body = { refreshToken: renewed?.refreshToken ?? refreshToken };
    await data(this.#routes.POST('/v1/sign-out', { body, headers, keepalive: true }));
  }

  /** Forgets what has ended at the server. */
  discard() {
    localStorage.removeItem(KEY);
    this.#forget();
  }

  // One tab at a time: where refresh tokens rotate, two that use the same one would end the session.
  async #refresh() {
    return exclusively(KEY, async () => {
      const { refreshToken, isHosted } = kept() ?? {};
      if (!refreshToken) throw this.#end();
      const tokens = await this.#renew(refreshToken);
      // Somebody signed out meanwhile: the answer must not sign them in again.
      if (kept()?.refreshToken !== refreshToken) throw new Problem(401);
      this.#take(tokens, { isHosted });
      return this.#accessToken;
    });
  }

  /** @param {string} refreshToken */
  async #renew(refreshToken) {
    try {
      return await data(this.#routes.POST('/v1/authenticate/refresh', { body: { refreshToken } }));
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.isTransient) throw problem;
      localStorage.removeItem(KEY);
      throw this.#end();
    }
  }

  /** @param {SignIn} answer */
  #goOn(answer) {
    if ('challenge' in answer) return answer;
    this.#take(answer);
    return undefined;
  }

  /**
   * @param {{accessToken: string, refreshToken: string, expiresIn: number}} tokens
   * @param {{isHosted?: boolean}} [how]
   */
  #take({ accessToken, refreshToken, expiresIn }, { isHosted } = {}) {
    this.#accessToken = accessToken;
    this.#endsAt = Date.now() + expiresIn * 1_000;
    localStorage.setItem(KEY, JSON.stringify({ refreshToken, ...(isHosted && { isHosted }) }));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh().catch(() => {}), expiresIn * 1_000 - 2 * MARGIN_MS);
  }

  #end() {
    this.#forget();
    this.onEnd();
    return new Problem(401);
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#accessToken = '';
    this.#endsAt = 0;
  }
}

/** @returns {Kept | undefined} */
function kept() {
  return JSON.parse(localStorage.getItem(KEY) ?? 'null') ?? undefined;
}
