// @ts-check
// The second factor, the password, and the sessions elsewhere.

import { button, fill, h } from '../dom.js';
import { authenticator } from './authenticator.js';
import { confirm } from './dialog.js';
import { form } from './form.js';
import { CODE, NEW_PASSWORD } from './gate.js';

/** @import {Chat} from '../chat.js' */

const PASSWORD = { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', required: true };

/**
 * @param {Chat} chat
 * @param {(said: string) => void} signedOut
 */
export function security(chat, signedOut) {
  const factor = h('div', { class: 'part' });
  showFactor(chat, factor);
  const password = form(
    [
      { ...PASSWORD, label: 'Present password' },
      { ...NEW_PASSWORD, name: 'newPassword', label: 'New password' },
    ],
    'Change password',
    async (values) => {
      await chat.api.changePassword(values.password, values.newPassword);
      signedOut('Your password is changed. You were signed out everywhere.');
    },
  );
  const everywhere = () =>
    confirm('Sign out everywhere?', 'All your devices are signed out, this one too.', 'Sign out', async () => {
      await chat.api.signOutEverywhere();
      signedOut('You were signed out everywhere.');
    });
  return [
    section('Second factor', factor),
    section('Password', password),
    button('Sign out everywhere', everywhere, { 'aria-haspopup': 'dialog' }),
  ];
}

/**
 * @param {string} title
 * @param {HTMLElement} content
 */
const section = (title, content) => h('details', {}, h('summary', {}, title), content);

/**
 * @param {Chat} chat
 * @param {HTMLElement} element
 * @param {string} [said]
 */
async function showFactor(chat, element, said = '') {
  const again = (/** @type {string} */ told) => showFactor(chat, element, told);
  const status = h('p', { role: 'status' }, said);
  const { softwareToken } = await chat.api.mfa();
  fill(element, status, softwareToken ? switchOff(chat, again) : switchOn(chat, element, again));
}

/**
 * @param {Chat} chat
 * @param {HTMLElement} element
 * @param {(said: string) => void} again
 */
function switchOn(chat, element, again) {
  return form([], 'Set up an authenticator app', async () => {
    const enrolment = await chat.api.enrolMfa();
    const code = form([{ ...CODE, name: 'code' }], 'Confirm', async (values) => {
      await chat.api.confirmMfa(values.code.trim());
      again('Signing in asks for a code of your app from now on.');
    });
    fill(element, authenticator(enrolment), code);
    code.querySelector('input')?.focus();
  });
}

/**
 * @param {Chat} chat
 * @param {(said: string) => void} again
 */
function switchOff(chat, again) {
  return h(
    'div',
    { class: 'part' },
    h('p', {}, 'An authenticator app is your second factor.'),
    form([PASSWORD], 'Switch it off', async ({ password }) => {
      await chat.api.disableMfa(password);
      again('Your password alone signs you in.');
    }),
  );
}
