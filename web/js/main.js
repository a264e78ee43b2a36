// @ts-check
// The start: where the backend is, who is signed in, and the view of it.

import { Api } from './api.js';
import { Chat } from './chat.js';
import { comeBack, saidBefore, signOutOf } from './hosted.js';
import { send } from './http.js';
import { inWords, Problem } from './problem.js';
import { Session } from './session.js';
import { gate } from './views/gate.js';
import { shell } from './views/shell.js';
import { waitingRoom } from './views/waiting-room.js';
import { backoff, sleep } from './waiting.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));

/**
 * Where the API is (the same origin unless `config.json` says otherwise), and the hosted sign-in, where there is one.
 * @returns {Promise<{apiUrl: string, hosted?: import('./hosted.js').HostedSignIn}>}
 */
async function settings() {
  const config = await patiently(() => send(new Request('config.json')));
  const { apiUrl = '', hostedSignIn: hosted } = (await config?.json()) ?? {};
  // A page that came by plain HTTP from another machine cannot make the proof key.
  return { apiUrl: apiUrl.replace(/\/+$/, ''), hosted: isSecureContext ? hosted : undefined };
}

/**
 * @param {Session} session
 * @param {string} [said]
 */
function signIn(session, said) {
  root.replaceChildren(gate(session, () => enter(session), { hosted, said }));
  root.querySelector('input')?.focus();
}

/**
 * Whoever comes back from the hosted pages is signed in by what they bring.
 * @param {Session} session
 */
async function begin(session) {
  let said = saidBefore();
  try {
    const grant = comeBack();
    if (grant) await session.exchange(grant);
  } catch (problem) {
    said = inWords(problem);
  }
  if (session.isKept) return enter(session, said);
  signIn(session, said);
}

/**
 * @param {Session} session
 * @param {string} [said]
 */
async function enter(session, said) {
  const api = new Api(apiUrl, session);
  const me = await patiently(() => api.me());
  if (!me) return signIn(session, said || inWords(new Problem(401)));
  const chat = new Chat(api, me);
  const { isHosted } = session;
  /** @param {string} told */
  const leave = (told) => {
    session.onEnd = () => {};
    chat.stop();
    view.end();
    history.replaceState(null, '', location.pathname);
    signIn(session, told);
  };
  /** @param {string} told */
  const ended = (told) => {
    session.discard();
    leave(told);
    if (isHosted && hosted) signOutOf(hosted, told);
  };
  const signOut = () => {
    session.signOut();
    ended('');
  };
  const view = shell(chat, { signOut, ended });
  session.onEnd = () => leave(inWords(new Problem(401)));
  root.replaceChildren(view.element);
  chat.start();
  view.show();
  if (said) view.say(said);
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

const { apiUrl, hosted } = await settings();
await begin(new Session(apiUrl));
