// @ts-check
// The hosted sign-in: the browser goes to its pages and comes back with a code, which is worth something only together with
// what this tab kept meanwhile (RFC 7636; the state, RFC 6749, section 10.12).

import { Problem } from './problem.js';

const KEY = 'chinwag.hosted';
/** What is to be told to whoever comes back from having been signed out there. */
const SAID = 'chinwag.said';
const SCOPES = 'openid email profile aws.cognito.signin.user.admin';

/** Any of them in the address says that the browser was sent here. */
const BROUGHT = ['state', 'code', 'error'];

/** @import {AuthenticateCode} from './types.js' */
/** @typedef {{url: string, clientId: string}} HostedSignIn Where the pages are, and who asks. */
/** @typedef {{state: string, codeVerifier: string}} Kept */

/** Where the browser comes back to. */
const redirectUri = () => `${location.origin}/`;

/** @param {HostedSignIn} hosted */
export async function leaveFor({ url, clientId }) {
  const [state, codeVerifier] = [random(), random()];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier));
  sessionStorage.setItem(KEY, JSON.stringify({ state, codeVerifier }));
  go(`${url}/oauth2/authorize`, {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: SCOPES,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
}

/**
 * Signs the browser out of the pages, too, which would let the next one in without a word.
 * @param {HostedSignIn} hosted
 * @param {string} said
 */
export function signOutOf({ url, clientId }, said) {
  sessionStorage.setItem(SAID, said);
  go(`${url}/logout`, { client_id: clientId, logout_uri: redirectUri() });
}

/** What `signOutOf` was given, once. */
export function saidBefore() {
  const said = sessionStorage.getItem(SAID) ?? '';
  sessionStorage.removeItem(SAID);
  return said;
}

/**
 * What the browser has come back with, taken out of its address: nothing, if it does not come from there.
 * @returns {AuthenticateCode | undefined}
 */
export function comeBack() {
  const brought = new URLSearchParams(location.search);
  if (!BROUGHT.some((name) => brought.has(name))) return undefined;
  history.replaceState(null, '', location.pathname + location.hash);
  /** @type {Partial<Kept>} */
  const { state, codeVerifier } = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
  sessionStorage.removeItem(KEY);
  if (!codeVerifier || state !== brought.get('state')) {
    throw new Problem(400, { code: 'foreign-sign-in', detail: 'this sign-in was not begun here: please begin again' });
  }
  const code = brought.get('code');
  if (!code) {
    const detail = brought.get('error_description') ?? 'the sign-in was broken off';
    throw new Problem(400, { code: 'sign-in-refused', detail });
  }
  return { code, redirectUri: redirectUri(), codeVerifier };
}

/**
 * @param {string} url
 * @param {Record<string, string>} parameters
 */
function go(url, parameters) {
  location.assign(`${url}?${new URLSearchParams(parameters)}`);
}

/** 256 random bits. */
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
