// @ts-check
// What the server pushes, and what becomes of it.

import { ignoreProblem } from './problem.js';

/** @import {Chat} from './chat.js' */
/** @import {Change, ServerConversationRead, ServerFrame} from './types.js' */

/**
 * @param {Chat} chat
 * @returns {(frame: ServerFrame) => void}
 */
export function frames(chat) {
  return (frame) => {
    switch (frame.type) {
      case 'typing':
        if (!chat.blocked.has(frame.userId)) chat.typing.begin(frame.conversationId, frame.userId);
        return;
      case 'conversation.read':
        return read(chat, frame);
      case 'blocks.changed':
        chat.blocksChanged().catch(ignoreProblem);
        return;
      case 'notification':
        chat.notices.take(frame.messageId, frame.message);
        return chat.realtime.send({ action: 'received', messageId: frame.messageId });
      default:
        if ('message' in frame && frame.message) chat.take(frame.message);
        if ('entry' in frame) change(chat, frame.entry);
    }
  };
}

/**
 * @param {Chat} chat
 * @param {ServerConversationRead} frame
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
  const { conversationId, seq, type } = entry;
  const held = chat.conversations.get(conversationId);
  const isMine = 'target' in entry && entry.target === chat.me.userId;
  if (held && (type === 'groupDeleted' || (type === 'memberRemoved' && isMine))) {
    return chat.drop(held, reason(chat, entry));
  }
  chat.add(entry);
  if (type === 'userErased') chat.people.forget(entry.actorId);
  chat.topics.tell('members');
  if (held && seq === held.lastSeq + 1) chat.change(conversationId, { lastSeq: seq });
  if (held?.kind === 'group' && isMine && 'role' in entry) chat.roles.set(held.groupId, entry.role);
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
