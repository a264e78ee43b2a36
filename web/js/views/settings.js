// @ts-check
// One's name, the theme, whom one has blocked, and the way out.

import { button, fill, h } from '../dom.js';
import { avatar } from './avatar.js';
import { openDialog } from './dialog.js';
import { form } from './form.js';
import { leaving } from './leaving.js';
import { security } from './security.js';

/** @import {Chat} from '../chat.js' */
/**
 * @typedef {{signOut: () => void, ended: (said: string) => void}} Ways How one gets out; `ended`: the server has ended the
 *   session already.
 */

const THEMES = [
  ['', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/**
 * @param {Chat} chat
 * @param {Ways} ways
 */
export function settings(chat, { signOut, ended }) {
  const { displayName = '', username } = chat.me;
  const said = h('p', { role: 'status' });
  const name = form(
    [{ name: 'displayName', label: 'Your name', value: displayName, hint: `Your user name is ${username}` }],
    'Save',
    async (values) => {
      chat.me = await chat.api.rename(values.displayName);
      chat.people.put(chat.me);
      said.textContent = 'Saved.';
    },
  );
  const blocked = h('ul', { class: 'members' });
  const dialog = openDialog(
    'Settings',
    name,
    said,
    themes(),
    h('h3', {}, 'Blocked people'),
    blocked,
    h('h3', {}, 'Security'),
    ...security(chat, ended),
    h('h3', {}, 'Your data'),
    ...leaving(chat, ended),
    button('Sign out', signOut),
  );
  const update = () => showBlocked(chat, blocked);
  dialog.addEventListener('close', chat.topics.on(['blocks', 'people'], update));
  update();
}

function themes() {
  const current = localStorage.getItem('chinwag.theme') ?? '';
  return h(
    'fieldset',
    { class: 'themes' },
    h('legend', {}, 'Theme'),
    THEMES.map(([value, label]) =>
      h(
        'label',
        {},
        h('input', { type: 'radio', name: 'theme', value, checked: value === current, onchange: () => choose(value) }),
        label,
      ),
    ),
  );
}

/** @param {string} theme */
function choose(theme) {
  if (theme) localStorage.setItem('chinwag.theme', theme);
  else localStorage.removeItem('chinwag.theme');
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

/**
 * @param {Chat} chat
 * @param {HTMLElement} element
 */
function showBlocked(chat, element) {
  const rows = [...chat.blocked].map((userId) => {
    const name = chat.people.name(userId);
    const unblock = async () => {
      await chat.api.unblock(userId);
      await chat.blocksChanged();
    };
    return h(
      'li',
      {},
      avatar(userId, name),
      h('span', { class: 'member-name' }, name),
      button('Unblock', unblock, { 'aria-label': `Unblock ${name}` }),
    );
  });
  fill(element, ...(rows.length > 0 ? rows : [h('li', { class: 'hint' }, 'Nobody.')]));
}
