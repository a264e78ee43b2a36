// @ts-check
// Who is signed in. The access token is held in memory alone and lives for 15 minutes. The refresh token is in localStorage,
// so that a reload and other tabs stay signed in. That means: whoever can run a script on this origin, or read this browser
// profile, can act as this user until the token ends. The content security policy (no inline script, no foreign source) and
// rendering bodies as text alone are what stands before the first; signing out removes it, and ends it at the server.

import { request } from './http.js';
import { ignoreProblem, Problem } from './problem.js';
import { exclusively } from './waiting.js';

const KEY = 'chinwag.session';
/** A token that ends this soon is not used any more. */
const MARGIN_MS = 60_000;

/** @typedef {{refreshToken: string, isHosted?: boolean}} Kept */
/**
 * @typedef {{challenge: string, session: string, options?: string[], secret?: string, otpauthUri?: string}} Step
 * What a sign-in wants to know before it is done.
 */

export class Session {
  #base;
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
    this.#base = base;
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
   * @returns {Promise<Step | undefined>} nothing: it is done
   */
  async signIn(username, password) {
    return this.#goOn(await this.#post('authenticate', { username, password }));
  }

  /**
   * @param {string} username
   * @param {Step} step
   * @param {string} answer
   * @returns {Promise<Step | undefined>} as `signIn`
   */
  async answer(username, { challenge, session }, answer) {
    return this.#goOn(await this.#post('authenticate/challenge', { username, challenge, session, answer }));
  }

  /** @param {{code: string, redirectUri: string, codeVerifier: string}} grant what the hosted pages sent back with */
  async exchange(grant) {
    this.#take(await this.#post('authenticate/code', grant), { isHosted: true });
  }

  /** @param {string} username */
  forgot(username) {
    return this.#post('password/forgot', { username });
  }

  /**
   * @param {string} username
   * @param {string} code
   * @param {string} password
   */
  reset(username, code, password) {
    return this.#post('password/reset', { username, code, password });
  }

  /**
   * @param {{username: string, email: string, password: string, displayName?: string}} account
   * @returns {Promise<{userId: string, username: string, confirmed: boolean}>}
   */
  register(account) {
    return this.#post('register', account);
  }

  /**
   * @param {string} username
   * @param {string} code
   */
  confirm(username, code) {
    return this.#post('register/confirm', { username, code });
  }

  /** @param {string} username */
  resend(username) {
    return this.#post('register/resend', { username });
  }

  /** An access token that is good for a while; a new one where need be. */
  async token() {
    return Date.now() < this.#endsAt - MARGIN_MS ? this.#accessToken : this.refresh();
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
    const [token, refreshToken] = [this.#accessToken, kept()?.refreshToken];
    this.discard();
    this.#post('sign-out', { refreshToken }, { token, keepalive: true }).catch(ignoreProblem);
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
      this.#take({ refreshToken, ...tokens }, { isHosted });
      return this.#accessToken;
    });
  }

  /** @param {string} refreshToken */
  async #renew(refreshToken) {
    try {
      return await this.#post('authenticate/refresh', { refreshToken });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.isTransient) throw problem;
      localStorage.removeItem(KEY);
      throw this.#end();
    }
  }

  /** @param {any} answer tokens, or what is still wanted */
  #goOn(answer) {
    if (answer.challenge) return answer;
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

  /**
   * @param {string} path
   * @param {object} body
   * @param {{token?: string, keepalive?: boolean}} [options] as those of `request`
   */
  #post(path, body, options) {
    return request(`${this.#base}/v1/${path}`, { method: 'POST', body, ...options });
  }
}

/** @returns {Kept | undefined} */
function kept() {
  return JSON.parse(localStorage.getItem(KEY) ?? 'null') ?? undefined;
}
