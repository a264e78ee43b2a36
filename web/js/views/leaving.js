// @ts-check
// What is held about one, as a file; and the end of the account.

import { button, h } from '../dom.js';
import { Problem } from '../problem.js';
import { counted } from '../words.js';
import { openDialog } from './dialog.js';
import { form } from './form.js';

/** @import {Chat} from '../chat.js' */

const FILE = 'chinwag-export.json';
const READ_MS = 60_000;

/**
 * @param {Chat} chat
 * @param {(said: string) => void} ended
 */
export function leaving(chat, ended) {
  const said = h('p', { role: 'status' });
  const download = form([], 'Download my data', () => save(chat, said), { class: 'quiet-form' });
  const leave = button('Delete my account…', () => askToLeave(chat, ended), {
    class: 'small danger-text',
    'aria-haspopup': 'dialog',
  });
  return [download, said, leave];
}

/**
 * @param {Chat} chat
 * @param {HTMLElement} said
 */
async function save({ api }, said) {
  const exportedAt = new Date().toISOString();
  try {
    const items = await everything(api, (count) => {
      said.textContent = `${counted(count, 'item')} so far…`;
    });
    offer(JSON.stringify({ exportedAt, items }, null, 2));
    said.textContent = `${counted(items.length, 'item')} in ${FILE}.`;
  } catch (problem) {
    said.textContent = '';
    throw problem;
  }
}

/**
 * @param {Chat['api']} api
 * @param {(count: number) => void} progress
 */
async function everything(api, progress) {
  const items = [];
  let cursor;
  do {
    const page = await api.exportPage(cursor);
    items.push(...page.items);
    cursor = page.nextCursor;
    progress(items.length);
  } while (cursor);
  return items;
}

/** @param {string} content */
function offer(content) {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
  h('a', { href: url, download: FILE }).click();
  // Not every browser has begun to read it by now.
  setTimeout(() => URL.revokeObjectURL(url), READ_MS);
}

/**
 * @param {Chat} chat
 * @param {(said: string) => void} ended
 */
function askToLeave({ api, me }, ended) {
  const field = {
    name: 'username',
    label: `Your user name, ${me.username}, to be sure`,
    autocomplete: 'off',
    required: true,
  };
  openDialog(
    'Delete your account?',
    h('p', {}, 'Your profile and the text of all your messages are deleted for everybody. Nobody can bring them back.'),
    h('p', {}, 'Groups that you alone own get another owner. Your user name can be taken by somebody else.'),
    form(
      [field],
      'Delete my account',
      async ({ username }) => {
        if (username.trim().toLowerCase() !== me.username)
          throw new Problem(422, { errors: [{ pointer: '/username', detail: 'this is not your user name' }] });
        await api.deleteAccount();
        ended('Your account is deleted.');
        forget(me.userId);
      },
      { class: 'danger' },
    ),
  );
}

/**
 * What this browser holds of somebody.
 * @param {string} userId
 */
function forget(userId) {
  const keys = Object.keys(localStorage).filter((key) => key.includes(userId));
  keys.forEach((key) => localStorage.removeItem(key));
}
