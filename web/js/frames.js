// @ts-check
// What the server pushes, and what becomes of it.

import { ignoreProblem } from './problem.js';

/** @import {Chat} from './chat.js' */
/** @import {Change, Frame} from './types.js' */

/**
 * @param {Chat} chat
 * @returns {(frame: Frame) => void}
 */
export function frames(chat) {
  /** @type {Record<string, (frame: any) => void>} */
  const known = {
    typing: ({ conversationId, userId }) => {
      if (!chat.blocked.has(userId)) chat.typing.begin(conversationId, userId);
    },
    'conversation.read': (frame) => read(chat, frame),
    'blocks.changed': () => chat.blocksChanged().catch(ignoreProblem),
    notification: ({ messageId, message }) => {
      chat.notices.take(messageId, message);
      chat.realtime.send({ action: 'received', messageId });
    },
  };
  return (frame) => {
    if (known[frame.type]) return known[frame.type](frame);
    if (frame.message) chat.take(frame.message);
    if (frame.entry) change(chat, /** @type {Change} */ (frame.entry));
  };
}

/**
 * @param {Chat} chat
 * @param {{conversationId: string, userId: string, seq: number}} frame
 */
function read(chat, { conversationId, userId, seq }) {
  if (userId === chat.me.userId) {
    chat.hasRead(conversationId, seq);
  } else {
    chat.seen.set(conversationId, Math.max(seq, chat.seen.get(conversationId) ?? 0));
    chat.topics.tell('logs');
  }
}

/**
 * @param {Chat} chat
 * @param {Change} entry
 */
function change(chat, entry) {
  const { conversationId, seq, type, target } = entry;
  const held = chat.conversations.get(conversationId);
  const isMine = target === chat.me.userId;
  if (held && (type === 'groupDeleted' || (type === 'memberRemoved' && isMine))) {
    return chat.drop(held, reason(chat, entry));
  }
  chat.add(entry);
  if (type === 'userErased') chat.people.forget(entry.actorId);
  chat.topics.tell('members');
  if (held && seq === held.lastSeq + 1) chat.change(conversationId, { lastSeq: seq });
  if (held?.groupId && isMine && entry.role) chat.roles.set(held.groupId, entry.role);
  const isSmall = type === 'edited' || (type === 'deleted' && held?.unread === 0);
  if (!held || !isSmall) chat.refresh().catch(ignoreProblem);
}

/**
 * @param {Chat} chat
 * @param {Change} entry
 */
function reason(chat, { type, actorId }) {
  if (actorId === chat.me.userId) return '';
  return type === 'groupDeleted' ? 'was deleted' : 'no longer has you as a member';
}
