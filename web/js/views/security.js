// @ts-check
// The second factor, the password, and the sessions elsewhere.

import { button, fill, h } from '../dom.js';
import { inWords } from '../problem.js';
import { authenticator } from './authenticator.js';
import { confirm } from './dialog.js';
import { form } from './form.js';
import { CODE, NEW_PASSWORD } from './gate.js';

/** @import {Chat} from '../chat.js' */

const PASSWORD = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'current-password',
  required: true,
};

/**
 * @param {Chat} chat
 * @param {(said: string) => void} ended
 */
export function security(chat, ended) {
  const password = form(
    [
      { ...PASSWORD, label: 'Current password' },
      { ...NEW_PASSWORD, name: 'newPassword', label: 'New password' },
    ],
    'Change password',
    async (values) => {
      await chat.api.changePassword(values.password, values.newPassword);
      ended('Your password is changed. You were signed out everywhere.');
    },
  );
  const everywhere = () =>
    confirm('Sign out everywhere?', 'All your devices are signed out, this one too.', 'Sign out', async () => {
      await chat.api.signOutEverywhere();
      ended('You were signed out everywhere.');
    });
  return [
    section('Second factor', secondFactor(chat)),
    section('Password', password),
    button('Sign out everywhere', everywhere, { 'aria-haspopup': 'dialog' }),
  ];
}

/**
 * @param {string} title
 * @param {HTMLElement} content
 */
const section = (title, content) => h('details', {}, h('summary', {}, title), content);

/** @param {Chat} chat */
function secondFactor({ api }) {
  const said = h('p', { role: 'status', tabindex: -1 });
  const content = h('div', { class: 'part' });
  const load = async () => {
    try {
      const { softwareToken } = await api.mfa();
      fill(content, ...(softwareToken ? switchOff() : [switchOn()]));
    } catch (problem) {
      const trouble = h('p', { class: 'trouble', role: 'alert' }, inWords(problem));
      fill(content, trouble, button('Try again', load));
    }
  };
  /** @param {string} text */
  const changed = async (text) => {
    await load();
    said.textContent = text;
    said.focus();
  };
  const switchOn = () =>
    form([], 'Set up an authenticator app', async () => {
      const enrolment = await api.enrolMfa();
      const code = form([{ ...CODE, name: 'code' }], 'Confirm', async (values) => {
        await api.confirmMfa(values.code.trim());
        await changed('Signing in asks for a code of your app from now on.');
      });
      said.textContent = '';
      fill(content, authenticator(enrolment), code);
      code.querySelector('input')?.focus();
    });
  const switchOff = () => [
    h('p', {}, 'An authenticator app is your second factor.'),
    form([PASSWORD], 'Switch it off', async ({ password }) => {
      await api.disableMfa(password);
      await changed('Your password alone signs you in.');
    }),
  ];
  load();
  return h('div', { class: 'part' }, said, content);
}
