// @ts-check
// Before one is signed in: signing in, signing up, and the code that a new account waits for.

import { fill, h } from '../dom.js';
import { leaveFor } from '../hosted.js';
import { Problem } from '../problem.js';
import { showChallenge } from './challenge.js';
import { form } from './form.js';

/** @import {HostedSignIn} from '../hosted.js' */
/** @typedef {import('../session.js').Session} Session */

/**
 * @param {Session} session
 * @param {() => Promise<void>} enter
 * @param {{hosted?: HostedSignIn, said?: string}} [more] `said`: what is to be told first
 */
export function gate(session, enter, { hosted, said } = {}) {
  const card = h('div', { class: 'gate-card' });
  /** @param {(Node | string)[]} children */
  const show = (...children) => {
    fill(card, ...children);
    /** @type {HTMLElement | null} */ (card.querySelector('input, select'))?.focus();
  };
  /** @type {Steps} */
  const steps = { session, enter, show, hosted, begin: (said) => showSignIn(steps, said) };
  steps.begin(said);
  return h(
    'main',
    { class: 'gate' },
    h(
      'div',
      { class: 'gate-brand' },
      h('img', { src: 'icon.svg', alt: '', width: 72, height: 72 }),
      h('p', { class: 'brand' }, 'Chinwag'),
      h('p', { class: 'tagline' }, 'Pull up a chair.'),
    ),
    card,
  );
}

/**
 * @typedef {{session: Session, enter: () => Promise<void>, show: (...children: (Node | string)[]) => void,
 *   hosted?: HostedSignIn, begin: (said?: string) => void}} Steps
 */

export const USERNAME = {
  name: 'username',
  label: 'User name',
  autocomplete: 'username',
  required: true,
  autocapitalize: 'none',
  spellcheck: 'false',
};

export const NEW_PASSWORD = {
  type: 'password',
  autocomplete: 'new-password',
  required: true,
  hint: 'At least 10 characters, with upper case, lower case and a digit',
};

export const CODE = { label: 'Code', inputmode: 'numeric', autocomplete: 'one-time-code', required: true };

/**
 * @param {Steps} steps
 * @param {string} username
 * @param {string} password
 */
async function signIn(steps, username, password) {
  const step = await steps.session.signIn(username, password);
  if (step) return showChallenge(steps, username, step);
  await steps.enter();
}

/**
 * @param {Steps} steps
 * @param {string} [said]
 */
function showSignIn(steps, said = '') {
  const { show, hosted } = steps;
  const fields = [
    USERNAME,
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', required: true },
  ];
  show(
    h('h1', {}, 'Sign in'),
    h('p', { class: 'said', role: 'alert' }, said),
    form(fields, 'Sign in', async ({ username, password }) => {
      try {
        await signIn(steps, username.trim(), password);
      } catch (problem) {
        if (problem instanceof Problem && problem.code === 'not-confirmed')
          return showCode(steps, username.trim(), password);
        throw problem;
      }
    }),
    ...(hosted ? [elsewhere(hosted)] : []),
    other('', 'Forgotten your password?', () => showForgotten(steps)),
    other('New here?', 'Create an account', () => showSignUp(steps)),
  );
}

/** @param {Steps} steps */
function showSignUp(steps) {
  const { session, show } = steps;
  const fields = [
    { ...USERNAME, hint: '3 to 32 of a-z, 0-9, dot, dash and underscore' },
    { name: 'displayName', label: 'Your name (as others see it)', autocomplete: 'name' },
    { name: 'email', label: 'Email', type: 'email', autocomplete: 'email', required: true },
    { ...NEW_PASSWORD, name: 'password', label: 'Password' },
  ];
  show(
    h('h1', {}, 'Create an account'),
    form(fields, 'Create account', async ({ username, email, password, displayName }) => {
      const name = displayName.trim();
      const account = { username: username.trim(), email: email.trim(), password, ...(name && { displayName: name }) };
      const { confirmed } = await session.register(account);
      if (!confirmed) return showCode(steps, account.username, password);
      await signIn(steps, account.username, password);
    }),
    other('Been here before?', 'Sign in', () => steps.begin()),
  );
}

/**
 * @param {Steps} steps
 * @param {string} username
 * @param {string} password
 */
function showCode(steps, username, password) {
  const { session, show } = steps;
  const said = h('p', { role: 'status' });
  const resend = form(
    [],
    'Send another code',
    async () => {
      await session.resend(username);
      said.textContent = 'Another code is on its way.';
    },
    { class: 'quiet-form' },
  );
  show(
    h('h1', {}, 'Check your email'),
    h('p', {}, 'We have sent you a code. It confirms that the address is yours.'),
    form([{ ...CODE, name: 'code' }], 'Confirm', async ({ code }) => {
      await session.confirm(username, code.trim());
      await signIn(steps, username, password);
    }),
    resend,
    said,
    other('', 'Back to sign in', () => steps.begin()),
  );
}

/** @param {Steps} steps */
function showForgotten(steps) {
  const { session, show } = steps;
  show(
    h('h1', {}, 'Forgotten your password?'),
    h('p', {}, 'We send a code to the address that you registered with.'),
    form([USERNAME], 'Send me a code', async ({ username }) => {
      await session.forgot(username.trim());
      showReset(steps, username.trim());
    }),
    other('', 'Back to sign in', () => steps.begin()),
  );
}

/**
 * @param {Steps} steps
 * @param {string} username
 */
function showReset(steps, username) {
  const { session, show } = steps;
  show(
    h('h1', {}, 'Choose a new password'),
    h('p', {}, `If there is an account called ${username}, a code is on its way to its address.`),
    form(
      [
        { ...CODE, name: 'code' },
        { ...NEW_PASSWORD, name: 'password', label: 'New password' },
      ],
      'Set password',
      async ({ code, password }) => {
        await session.reset(username, code.trim(), password);
        steps.begin('Your password is changed. You were signed out everywhere.');
      },
    ),
    other('', 'Send another code', () => showForgotten(steps)),
    other('', 'Back to sign in', () => steps.begin()),
  );
}

/** @param {HostedSignIn} hosted */
function elsewhere(hosted) {
  return h(
    'div',
    { class: 'elsewhere' },
    h('button', { type: 'button', class: 'secondary', onclick: () => leaveFor(hosted) }, 'Other ways to sign in'),
  );
}

/**
 * @param {string} question
 * @param {string} label
 * @param {() => void} onclick
 */
export function other(question, label, onclick) {
  return h('p', { class: 'other' }, question, ' ', h('button', { type: 'button', class: 'link', onclick }, label));
}
