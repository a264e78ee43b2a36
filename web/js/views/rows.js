// @ts-check
// The lines of a conversation: messages, changes, days, and what is on its way.

import { button, h, iconButton } from '../dom.js';
import { day, time, told } from '../words.js';
import { avatar } from './avatar.js';

/** @import {Chat} from '../chat.js' */
/** @import {Log} from '../log.js' */
/** @import {Outgoing} from '../outbox.js' */
/** @import {Row} from '../dom.js' */
/** @import {Change, Conversation, Entry, Message} from '../types.js' */

/**
 * @typedef {{reply: (message: Message) => void, edit: (message: Message) => void, remove: (message: Message) => void,
 *   jump: (seq: number) => void}} Actions
 * @typedef {{chat: Chat, log: Log, conversation: Conversation, actions: Actions, divider?: number}} Scene
 */

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 5 * 60_000;

/**
 * @param {Scene} scene
 * @param {number} top
 * @param {number} bottom
 * @returns {Row[]}
 */
export function entryRows(scene, top, bottom) {
  const { chat, log, divider } = scene;
  const me = chat.me.userId;
  const seen = lastSeen(scene, bottom);
  /** @type {Row[]} */
  const rows = [];
  /** @type {Entry | undefined} */
  let previous;
  let isDivided = divider === undefined || divider < top - 1;
  for (let seq = top; seq <= bottom; seq += 1) {
    const entry = log.get(seq);
    if (!entry || ['hidden', 'edited', 'deleted'].includes(entry.type)) continue;
    const shown = /** @type {Message | Change} */ (entry);
    const isNewDay = !previous || day(/** @type {Message} */ (previous).createdAt) !== day(shown.createdAt);
    if (isNewDay) rows.push(line(`day-${seq}`, 'day', day(shown.createdAt)));
    const isDividing = !isDivided && shown.type === 'message' && seq > Number(divider) && shown.senderId !== me;
    if (isDividing) rows.push(line('divider', 'divider', 'New'));
    isDivided ||= isDividing;
    if (shown.type === 'message') {
      rows.push(messageRow(scene, shown, !isNewDay && !isDividing && isTogether(previous, shown), seq === seen));
    } else {
      rows.push(line(`s-${seq}`, 'change', told(shown, (id) => (id === me ? 'You' : chat.people.name(id))) ?? ''));
    }
    previous = shown;
  }
  return rows;
}

/**
 * The newest own message that the peer has read.
 * @param {Scene} scene
 * @param {number} bottom
 */
function lastSeen({ chat, log, conversation }, bottom) {
  let seq = Math.min(bottom, chat.seen.get(conversation.conversationId) ?? 0);
  const isOwn = (/** @type {Entry | undefined} */ entry) =>
    entry?.type === 'message' && entry.senderId === chat.me.userId && !entry.deletedAt;
  while (seq > 0 && log.get(seq) && !isOwn(log.get(seq))) seq -= 1;
  return seq;
}

/**
 * @param {Entry | undefined} previous
 * @param {Message} message
 */
function isTogether(previous, message) {
  return (
    previous?.type === 'message' &&
    previous.senderId === message.senderId &&
    Date.parse(message.createdAt) - Date.parse(previous.createdAt) < TOGETHER_MS
  );
}

/**
 * @param {string} key
 * @param {string} kind
 * @param {string} text
 * @returns {Row}
 */
function line(key, kind, text) {
  return { key, version: text, make: () => h('li', { class: kind }, h('span', {}, text)) };
}

/**
 * @param {Scene} scene
 * @param {Message} message
 * @param {boolean} isTogether
 * @param {boolean} isSeen
 * @returns {Row}
 */
function messageRow(scene, message, isTogether, isSeen) {
  const { chat, conversation } = scene;
  const { seq, senderId, body, editedAt, deletedAt, clientMessageId } = message;
  const isOwn = senderId === chat.me.userId;
  const name = isOwn ? 'You' : chat.people.name(senderId);
  const quoted = quoteOf(scene, message);
  const rank = conversation.kind === 'group' ? chat.roles.get(conversation.groupId) : undefined;
  const canEdit = isOwn && !deletedAt;
  const canDelete = !deletedAt && (isOwn || rank === 'owner' || rank === 'admin');
  return {
    key: isOwn && clientMessageId ? `c-${clientMessageId}` : `s-${seq}`,
    version: JSON.stringify([seq, isTogether, isSeen, name, body, editedAt, deletedAt, quoted, canEdit, canDelete]),
    make: () =>
      bubble({
        isOwn,
        isTogether,
        name,
        senderId,
        quoted,
        body,
        seq,
        jump: () => scene.actions.jump(Number(message.replyTo)),
        marks: [time(message.createdAt), editedAt && !deletedAt && 'edited', isSeen && 'seen'],
        buttons: buttons(scene.actions, message, canEdit, canDelete),
      }),
  };
}

/**
 * @param {Actions} actions
 * @param {Message} message
 * @param {boolean} canEdit
 * @param {boolean} canDelete
 */
function buttons(actions, message, canEdit, canDelete) {
  if (message.deletedAt) return [];
  return [
    iconButton('reply', 'Reply', () => actions.reply(message)),
    ...(canEdit ? [iconButton('edit', 'Edit', () => actions.edit(message))] : []),
    ...(canDelete ? [iconButton('trash', 'Delete', () => actions.remove(message))] : []),
  ];
}

/**
 * What a message answers: who said what.
 * @param {Scene} scene
 * @param {{replyTo?: number}} message
 * @returns {[string, string] | undefined}
 */
export function quoteOf({ chat, log }, { replyTo }) {
  if (replyTo === undefined) return undefined;
  const entry = log.get(replyTo);
  if (!entry) log.ask(replyTo);
  if (entry?.type !== 'message') return ['', 'Earlier message'];
  const name = entry.senderId === chat.me.userId ? 'You' : chat.people.name(entry.senderId);
  return [name, entry.body ?? 'Message deleted'];
}

/**
 * @param {{isOwn: boolean, isTogether: boolean, name: string, senderId: string, quoted?: [string, string], body?: string,
 *   seq?: number, jump: () => void, marks: (string | false | undefined)[], buttons: HTMLElement[], isWaiting?: boolean}} parts
 */
function bubble({ isOwn, isTogether, name, senderId, quoted, body, seq, jump, marks, buttons: actions, isWaiting }) {
  const kind = [
    'message',
    isOwn && 'own',
    isTogether && 'together',
    isWaiting && 'waiting',
    body === undefined && 'gone',
  ];
  const quote =
    quoted &&
    h(
      'button',
      { type: 'button', class: 'quote', onclick: jump },
      h('span', { class: 'unseen' }, 'In reply to '),
      h('strong', {}, quoted[0]),
      h('span', {}, quoted[1]),
    );
  return h(
    'li',
    { class: kind.filter(Boolean).join(' '), tabindex: -1, 'data-seq': seq },
    !isOwn && avatar(senderId, name),
    h(
      'div',
      { class: 'bubble' },
      h('p', { class: isOwn || isTogether ? 'unseen' : 'sender' }, name),
      quote,
      h('p', { class: 'body', dir: 'auto' }, body ?? 'Message deleted'),
      h('p', { class: 'marks' }, marks.filter(Boolean).join(' · ')),
    ),
    actions.length > 0 && h('div', { class: 'actions', role: 'group', 'aria-label': 'Message actions' }, actions),
  );
}

/**
 * @param {Chat} chat
 * @param {Outgoing} message
 * @param {[string, string] | undefined} quoted
 * @returns {Row}
 */
export function waitingRow(chat, message, quoted) {
  const { clientMessageId, body, failure, createdAt } = message;
  const state = chat.realtime.status === 'offline' ? 'waits for a connection' : (message.delay ?? 'sending…');
  return {
    key: `c-${clientMessageId}`,
    version: JSON.stringify(['waiting', failure, state, quoted]),
    make: () => {
      const row = bubble({
        isOwn: true,
        isTogether: false,
        name: 'You',
        senderId: chat.me.userId,
        quoted,
        body,
        jump: () => {},
        marks: failure ? [] : [time(createdAt), state],
        buttons: [],
        isWaiting: true,
      });
      if (failure) row.querySelector('.bubble')?.append(refused(chat, message, failure));
      return row;
    },
  };
}

/**
 * @param {Chat} chat
 * @param {Outgoing} message
 * @param {string} failure
 */
function refused(chat, message, failure) {
  return h(
    'div',
    { class: 'refused' },
    h('p', { role: 'alert' }, `Not sent. ${failure}`),
    button('Try again', () => chat.outbox.retry(message)),
    button('Discard', () => chat.outbox.discard(message)),
  );
}
