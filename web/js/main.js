// @ts-check
// The start: where the backend is, who is signed in, and the view of it.

import { Api } from './api.js';
import { Chat } from './chat.js';
import { request } from './http.js';
import { Problem } from './problem.js';
import { Session } from './session.js';
import { gate } from './views/gate.js';
import { shell } from './views/shell.js';
import { waitingRoom } from './views/waiting-room.js';
import { backoff, sleep } from './waiting.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));

/** @returns {Promise<string>} where the API is; the same origin unless `config.json` says otherwise */
async function apiUrl() {
  const { apiUrl: url = '' } = (await patiently(() => request('config.json'))) ?? {};
  return url.replace(/\/+$/, '');
}

/** @param {Session} session */
function signIn(session) {
  root.replaceChildren(gate(session, () => enter(session)));
  root.querySelector('input')?.focus();
}

/** @param {Session} session */
async function enter(session) {
  const api = new Api(base, session);
  const me = await patiently(() => api.me());
  if (!me) return signIn(session);
  const chat = new Chat(api, me);
  const view = shell(chat, () => {
    session.signOut();
    leave();
  });
  const leave = () => {
    session.onEnd = () => {};
    chat.stop();
    view.end();
    history.replaceState(null, '', location.pathname);
    signIn(session);
  };
  session.onEnd = leave;
  root.replaceChildren(view.element);
  chat.start();
  view.show();
}

/**
 * Repeats a first request until there is an answer; none where the session is over.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
async function patiently(work) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!problem.isTransient) return undefined;
      root.replaceChildren(waitingRoom(problem));
      await sleep((problem.retryAfter ?? 0) * 1_000 + backoff(attempt));
    }
  }
}

const base = await apiUrl();
const session = new Session(base);
if (session.isKept) await enter(session);
else signIn(session);
