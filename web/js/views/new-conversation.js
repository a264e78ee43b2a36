// @ts-check
// Beginning something: with one person, with a group, or in an open group.

import { LOBBY } from '../chat.js';
import { button, fill, h } from '../dom.js';
import { newId } from '../new-id.js';
import { inWords, Problem } from '../problem.js';
import { avatar } from './avatar.js';
import { openDialog } from './dialog.js';
import { findUser } from './find-user.js';
import { form } from './form.js';
import { VISIBILITIES } from './group.js';

/** @import {Chat} from '../chat.js' */
/** @import {Visibility} from '../types.js' */

/** @param {Chat} chat */
export function newConversation(chat) {
  /** @param {string} address */
  const go = (address) => {
    dialog.close();
    location.hash = address;
  };
  const groups = h('ul', { class: 'members' });
  const dialog = openDialog(
    'New conversation',
    h('h3', {}, 'One person'),
    personForm(chat, go),
    h('h3', {}, 'A group'),
    groupForm(chat, go),
    h('h3', {}, 'Open groups'),
    groups,
  );
  showOpenGroups(chat, groups, go);
}

/**
 * @param {Chat} chat
 * @param {(address: string) => void} go
 */
function personForm(chat, go) {
  return form([{ name: 'username', label: 'User name', autocomplete: 'off' }], 'Write', async ({ username }) => {
    const { userId } = await findUser(chat, username);
    if (userId === chat.me.userId)
      throw new Problem(422, { errors: [{ pointer: '/username', detail: 'that is you' }] });
    go(`#/u/${userId}`);
  });
}

/**
 * @param {Chat} chat
 * @param {(address: string) => void} go
 */
function groupForm(chat, go) {
  /** One for each content: what is repeated makes no second group. @type {Map<string, string>} */
  const ids = new Map();
  const fields = [
    { name: 'name', label: 'Name of the group', autocomplete: 'off' },
    {
      name: 'memberIds',
      label: 'Members',
      hint: 'User names, with spaces or commas between them',
      autocomplete: 'off',
    },
    { name: 'visibility', label: 'Who may join', options: VISIBILITIES },
  ];
  return form(fields, 'Make group', async ({ name, memberIds: usernames, visibility }) => {
    const names = usernames.split(/[\s,;]+/).filter(Boolean);
    const people = await Promise.all(names.map((username) => findUser(chat, username, '/memberIds')));
    const memberIds = people.map(({ userId }) => userId);
    const group = { name: name.trim(), visibility: /** @type {Visibility} */ (visibility), memberIds };
    const content = JSON.stringify(group);
    const clientGroupId = ids.get(content) ?? newId();
    ids.set(content, clientGroupId);
    const { groupId } = await chat.api.createGroup({ ...group, clientGroupId });
    await chat.refresh();
    go(`#/g/${groupId}`);
  });
}

/**
 * @param {Chat} chat
 * @param {HTMLElement} element
 * @param {(address: string) => void} go
 */
async function showOpenGroups(chat, element, go) {
  try {
    const groups = (await chat.api.openGroups()).filter(({ groupId }) => groupId !== LOBBY);
    fill(
      element,
      ...groups.map(({ groupId, name }) =>
        h(
          'li',
          {},
          avatar(groupId, name),
          h('span', { class: 'member-name' }, name),
          button('Look', () => go(`#/g/${groupId}`), { 'aria-label': `Look at ${name}` }),
        ),
      ),
    );
    if (groups.length === 0) fill(element, h('li', { class: 'hint' }, 'There are none.'));
  } catch (problem) {
    fill(element, h('li', { class: 'hint' }, inWords(problem)));
  }
}
