// @ts-check
// Before one is signed in: signing in, signing up, and the code that a new account waits for.

import { fill, h } from '../dom.js';
import { Problem } from '../problem.js';
import { form } from './form.js';

/** @typedef {import('../session.js').Session} Session */

/**
 * @param {Session} session
 * @param {() => Promise<void>} enter
 */
export function gate(session, enter) {
  const card = h('div', { class: 'gate-card' });
  /** @param {(Node | string)[]} children */
  const show = (...children) => {
    fill(card, ...children);
    card.querySelector('input')?.focus();
  };
  const steps = { session, enter, show };
  showSignIn(steps);
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

/** @typedef {{session: Session, enter: () => Promise<void>, show: (...children: (Node | string)[]) => void}} Steps */

const USERNAME = {
  name: 'username',
  label: 'User name',
  autocomplete: 'username',
  required: true,
  autocapitalize: 'none',
  spellcheck: 'false',
};

/** @param {Steps} steps */
function showSignIn(steps) {
  const { session, enter, show } = steps;
  const fields = [
    USERNAME,
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', required: true },
  ];
  show(
    h('h1', {}, 'Sign in'),
    form(fields, 'Sign in', async ({ username, password }) => {
      try {
        await session.signIn(username.trim(), password);
      } catch (problem) {
        if (problem instanceof Problem && problem.code === 'not-confirmed')
          return showCode(steps, username.trim(), password);
        throw problem;
      }
      await enter();
    }),
    other('New here?', 'Create an account', () => showSignUp(steps)),
  );
}

/** @param {Steps} steps */
function showSignUp(steps) {
  const { session, enter, show } = steps;
  const fields = [
    { ...USERNAME, hint: '3 to 32 of a-z, 0-9, dot, dash and underscore' },
    { name: 'displayName', label: 'Your name (as others see it)', autocomplete: 'name' },
    { name: 'email', label: 'Email', type: 'email', autocomplete: 'email', required: true },
    {
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'new-password',
      required: true,
      hint: 'At least 10 characters, with upper case, lower case and a digit',
    },
  ];
  show(
    h('h1', {}, 'Create an account'),
    form(fields, 'Create account', async ({ username, email, password, displayName }) => {
      const name = displayName.trim();
      const account = { username: username.trim(), email: email.trim(), password, ...(name && { displayName: name }) };
      const { confirmed } = await session.register(account);
      if (!confirmed) return showCode(steps, account.username, password);
      await session.signIn(account.username, password);
      await enter();
    }),
    other('Been here before?', 'Sign in', () => showSignIn(steps)),
  );
}

/**
 * @param {Steps} steps
 * @param {string} username
 * @param {string} password
 */
function showCode(steps, username, password) {
  const { session, enter, show } = steps;
  const said = h('p', { role: 'status' });
  const field = { name: 'code', label: 'Code', inputmode: 'numeric', autocomplete: 'one-time-code', required: true };
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
    form([field], 'Confirm', async ({ code }) => {
      await session.confirm(username, code.trim());
      await session.signIn(username, password);
      await enter();
    }),
    resend,
    said,
    other('', 'Back to sign in', () => showSignIn(steps)),
  );
}

/**
 * @param {string} question
 * @param {string} label
 * @param {() => void} onclick
 */
function other(question, label, onclick) {
  return h('p', { class: 'other' }, question, ' ', h('button', { type: 'button', class: 'link', onclick }, label));
}
