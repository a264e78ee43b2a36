// @ts-check
// The conversations: the lobby first, then by their last message.

import { arrowKeys, h, icon, reconcile } from '../dom.js';
import { LOBBY, targetIdOf } from '../chat.js';
import { counted, shortTime } from '../words.js';
import { avatar } from './avatar.js';

/** @import {Chat} from '../chat.js' */
/** @import {Conversation} from '../types.js' */

/** @param {Conversation} conversation */
export const addressOf = (conversation) => `#/${conversation.kind === 'group' ? 'g' : 'u'}/${targetIdOf(conversation)}`;

/**
 * @param {Chat} chat
 * @param {() => string} current the address that is shown
 */
export function list(chat, current) {
  const rows = h('ul', { class: 'list' });
  const empty = h(
    'p',
    { class: 'list-empty', hidden: true },
    'Nobody here yet. Start a conversation, or look into the lobby.',
  );
  const element = h('nav', { 'aria-label': 'Conversations' }, rows, empty);
  arrowKeys(rows, 'a');
  const update = () => {
    const all = [...chat.conversations.values()];
    const lobby = all.find((one) => targetIdOf(one) === LOBBY);
    const others = all.filter((one) => one !== lobby).sort((a, b) => lastAt(b) - lastAt(a));
    reconcile(rows, [lobbyRow(chat, lobby, current()), ...others.map((one) => row(chat, one, current()))]);
    empty.hidden = !chat.isLoaded || others.length > 0;
  };
  /** @param {string} address */
  const focus = (address) =>
    /** @type {HTMLElement | null} */ (rows.querySelector(`a[href="${CSS.escape(address)}"]`))?.focus();
  return { element, update, focus };
}

/**
 * @param {Chat} chat
 * @param {Conversation} conversation
 */
export function nameOf(chat, conversation) {
  return conversation.kind === 'group' ? conversation.name : chat.people.name(conversation.peerId);
}

/** @param {Conversation} conversation */
function lastAt(conversation) {
  if (conversation.lastMessage) return Date.parse(conversation.lastMessage.createdAt);
  return conversation.kind === 'group' ? madeAt(conversation.groupId) : 0;
}

const ULID_DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** @param {string} ulid it begins with its time */
const madeAt = (ulid) => [...ulid.slice(0, 10)].reduce((time, digit) => time * 32 + ULID_DIGITS.indexOf(digit), 0);

/**
 * @param {Chat} chat
 * @param {Conversation} conversation
 * @param {string} current
 */
function row(chat, conversation, current) {
  const { conversationId, unread, lastMessage } = conversation;
  const name = nameOf(chat, conversation);
  const preview = previewOf(chat, conversation);
  const when = lastMessage ? shortTime(lastMessage.createdAt) : '';
  const address = addressOf(conversation);
  return {
    key: conversationId,
    version: JSON.stringify([name, preview, when, unread, address === current]),
    make: () => item(address, address === current, unread, avatar(targetIdOf(conversation), name), name, when, preview),
  };
}

/**
 * @param {Chat} chat
 * @param {Conversation | undefined} lobby
 * @param {string} current
 */
function lobbyRow(chat, lobby, current) {
  const address = `#/g/${LOBBY}`;
  const preview = lobby?.lastMessage ? previewOf(chat, lobby) : 'Where everybody meets';
  const unread = lobby?.unread ?? 0;
  const disc = () => h('span', { class: 'avatar lobby', 'aria-hidden': 'true' }, icon('sofa'));
  return {
    key: LOBBY,
    version: JSON.stringify([preview, unread, address === current]),
    make: () => item(address, address === current, unread, disc(), 'Lobby', '', preview),
  };
}

/**
 * @param {string} address
 * @param {boolean} isCurrent
 * @param {number} unread
 * @param {HTMLElement} disc
 * @param {string} name
 * @param {string} when
 * @param {string} preview
 */
function item(address, isCurrent, unread, disc, name, when, preview) {
  const badge =
    unread > 0 &&
    h(
      'span',
      { class: 'badge' },
      h('span', { 'aria-hidden': 'true' }, unread >= 100 ? '99+' : unread),
      h('span', { class: 'unseen' }, `, ${counted(unread, 'unread message')}`),
    );
  return h(
    'li',
    {},
    h(
      'a',
      { href: address, 'aria-current': isCurrent && 'page' },
      disc,
      h(
        'span',
        { class: 'list-text' },
        h(
          'span',
          { class: 'list-line' },
          h('span', { class: 'list-name' }, name),
          h('span', { class: 'list-time' }, when),
        ),
        h('span', { class: 'list-line' }, h('span', { class: 'list-preview' }, preview), badge),
      ),
    ),
  );
}

/**
 * @param {Chat} chat
 * @param {Conversation} conversation
 */
function previewOf(chat, { kind, lastMessage }) {
  if (!lastMessage) return 'No messages yet';
  if (lastMessage.deletedAt) return 'Message deleted';
  const isOwn = lastMessage.senderId === chat.me.userId;
  if (isOwn) return `You: ${lastMessage.body}`;
  return kind === 'group' ? `${chat.people.name(lastMessage.senderId)}: ${lastMessage.body}` : (lastMessage.body ?? '');
}
