// @ts-check
// One conversation: who it is with, what was said, and where one writes.

import { LOBBY } from '../chat.js';
import { button, fill, h, icon, iconButton } from '../dom.js';
import { inWords, Problem } from '../problem.js';
import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { confirm } from './dialog.js';
import { groupDialog } from './group.js';
import { nameOf } from './list.js';
import { Timeline } from './timeline.js';

/** @import {Chat} from '../chat.js' */
/** @import {Conversation, Message, Target} from '../types.js' */
/** @typedef {{element: HTMLElement, focus: () => void, end: () => void}} View */

/**
 * @param {Chat} chat
 * @param {Target} target
 * @returns {View}
 */
export function conversation(chat, target) {
  const id = 'groupId' in target ? target.groupId : target.recipientId;
  const composer = new Composer(chat, target, id, () => timeline.toEnd());
  const timeline = new Timeline(chat, id, {
    reply: (message) => composer.reply(message),
    edit: (message) => composer.edit(message),
    remove: (message) => remove(chat, message),
  });
  const head = h('header', { class: 'head' });
  const typing = h('p', { class: 'typing', 'aria-live': 'polite' });
  const foot = h('div', { class: 'foot' });
  const element = h(
    'section',
    { class: 'conversation', 'aria-label': 'Conversation' },
    head,
    timeline.element,
    typing,
    foot,
  );
  element.addEventListener('keydown', (event) => event.key === 'Escape' && composer.focus());
  const door = 'groupId' in target ? entrance(chat, id) : undefined;

  let shown = '';
  let wasHeld = false;
  const update = () => {
    const held = chat.conversationWith(id);
    wasHeld ||= held !== undefined;
    if (!held && door) return chat.isLoaded && !wasHeld && fill(element, door());
    if (!element.contains(timeline.element)) element.replaceChildren(head, timeline.element, typing, foot);
    const isBlocked = chat.blocked.has(id);
    const isDeleted = 'recipientId' in target && chat.people.get(id)?.isDeleted;
    const look = JSON.stringify([held && nameOf(chat, held), 'recipientId' in target && chat.people.get(id), isBlocked]);
    if (look !== shown) fill(head, ...heading(chat, id, held));
    shown = look;
    if (isBlocked) fill(foot, blockedNote(chat, id));
    else if (isDeleted) fill(foot, deletedNote());
    else if (!foot.contains(composer.element)) fill(foot, composer.element);
    typing.textContent = typed(chat, held);
    timeline.update();
  };
  const ends = [
    chat.topics.on(['conversations', 'logs', 'people', 'outbox', 'roles', 'blocks', 'typing', 'status'], update),
    listen(document, 'visibilitychange', update),
    listen(window, 'focus', update),
    () => timeline.end(),
  ];
  update();
  return { element, focus: () => composer.focus(), end: () => ends.forEach((end) => end()) };
}

/**
 * @param {EventTarget} source
 * @param {string} type
 * @param {() => void} listener
 */
function listen(source, type, listener) {
  source.addEventListener(type, listener);
  return () => source.removeEventListener(type, listener);
}

/**
 * @param {Chat} chat
 * @param {string} id
 * @param {Conversation | undefined} held
 */
function heading(chat, id, held) {
  const isGroup = held?.kind === 'group';
  const profile = isGroup ? undefined : chat.people.get(id);
  const name = isGroup ? nameOf(chat, held) : chat.people.name(id);
  const about = isGroup ? (id === LOBBY ? 'Open to everyone' : 'Group') : profile?.username && `@${profile.username}`;
  const isBlocked = chat.blocked.has(id);
  return [
    iconButton(
      'back',
      'All conversations',
      () => {
        location.hash = '#/';
      },
      { class: 'icon-button back' },
    ),
    id === LOBBY ? h('span', { class: 'avatar lobby', 'aria-hidden': 'true' }, icon('sofa')) : avatar(id, name),
    h('div', { class: 'head-text' }, h('h2', {}, name), about && h('p', {}, about)),
    isGroup
      ? iconButton('people', 'Members and settings', () => groupDialog(chat, id))
      : iconButton('block', isBlocked ? 'Unblock' : 'Block', () => askToBlock(chat, id, isBlocked), {
          'aria-pressed': String(isBlocked),
        }),
  ];
}

/**
 * @param {Chat} chat
 * @param {string} userId
 * @param {boolean} isBlocked
 */
function askToBlock(chat, userId, isBlocked) {
  if (isBlocked) return unblock(chat, userId);
  const name = chat.people.name(userId);
  const text = `Neither of you can write to the other, and in groups you see nothing of ${name}. You can take it back.`;
  confirm(`Block ${name}?`, text, 'Block', async () => {
    await chat.api.block(userId);
    await chat.blocksChanged();
  });
}

/**
 * @param {Chat} chat
 * @param {string} userId
 */
async function unblock(chat, userId) {
  await chat.api.unblock(userId);
  await chat.blocksChanged();
}

/**
 * @param {Chat} chat
 * @param {string} userId
 */
function blockedNote(chat, userId) {
  return h(
    'div',
    { class: 'note' },
    h('p', {}, `You have blocked ${chat.people.name(userId)}.`),
    button('Unblock', () => unblock(chat, userId)),
  );
}

const deletedNote = () => h('div', { class: 'note' }, h('p', {}, 'This account does not exist any more.'));

/**
 * @param {Chat} chat
 * @param {Message} message
 */
function remove(chat, message) {
  const { conversationId, seq } = message;
  confirm('Delete this message?', 'It goes for everyone, and does not come back.', 'Delete', async () => {
    await chat.api.remove(conversationId, seq);
    chat.take(/** @type {Message} */ (await chat.api.entry(conversationId, seq)));
  });
}

/**
 * @param {Chat} chat
 * @param {Conversation | undefined} held
 */
function typed(chat, held) {
  const people = chat.typing.in(held?.conversationId ?? '').map((id) => chat.people.name(id));
  if (people.length === 0) return '';
  if (people.length > 3) return 'Several people are typing…';
  return `${people.join(' and ')} ${people.length === 1 ? 'is' : 'are'} typing…`;
}

/**
 * What stands in the place of a group that one does not belong to. The lobby lets everyone in at once.
 * @param {Chat} chat
 * @param {string} groupId
 * @returns {() => HTMLElement}
 */
function entrance(chat, groupId) {
  const element = h(
    'div',
    { class: 'empty' },
    iconButton(
      'back',
      'All conversations',
      () => {
        location.hash = '#/';
      },
      { class: 'icon-button back' },
    ),
  );
  const said = h('p', { role: 'status' }, 'One moment…');
  element.append(said);
  const join = async () => {
    try {
      await chat.api.putMember(groupId, chat.me.userId);
      await chat.refresh();
    } catch (problem) {
      said.textContent = inWords(problem);
    }
  };
  const knock = async () => {
    try {
      const { name } = await chat.api.group(groupId);
      element.append(h('h2', {}, name), h('button', { type: 'button', class: 'primary', onclick: join }, 'Join'));
      said.textContent = 'An open group. Everyone may join.';
    } catch (problem) {
      said.textContent =
        problem instanceof Problem && problem.status === 404
          ? 'There is no such group, or it is private.'
          : inWords(problem);
    }
  };
  let isBegun = false;
  return () => {
    if (!isBegun) (groupId === LOBBY ? join : knock)();
    isBegun = true;
    return element;
  };
}
