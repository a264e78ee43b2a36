// @ts-check
// Everything that is known of the conversations of the user who is signed in. Views read it and listen to `topics`:
// conversations, logs, typing, people, blocks, members, roles, outbox, notices, status.

import { frames } from './frames.js';
import { Log } from './log.js';
import { Notices } from './notices.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { ignoreProblem } from './problem.js';
import { Realtime } from './realtime.js';
import { Roles } from './roles.js';
import { Topics } from './topics.js';
import { Typing } from './typing.js';
import { coalesce } from './waiting.js';

/** @import {Conversation, Entry, Message, Profile} from './types.js' */

export const LOBBY = 'lobby';

/**
 * The peer's id, or the group's.
 * @param {Conversation} conversation
 */
export const targetIdOf = (conversation) =>
  conversation.kind === 'group' ? conversation.groupId : conversation.peerId;

export class Chat {
  topics = new Topics();
  /** @type {Map<string, Conversation>} */
  conversations = new Map();
  /** Whether the list was loaded once. */
  isLoaded = false;
  /** @type {Set<string>} */
  blocked = new Set();
  /** What was begun and not sent, by peer or group. @type {Map<string, string>} */
  drafts = new Map();
  /** How far the peers of direct conversations have read. @type {Map<string, number>} */
  seen = new Map();
  /** @type {Map<string, Log>} */
  #logs = new Map();
  /** @type {Set<string>} */
  #reading = new Set();
  /** Conversations that began here, and may not be listed yet. @type {Set<string>} */
  #begun = new Set();
  /** Called when the user no longer belongs to a conversation. @type {(conversation: Conversation, why: string) => void} */
  onGone = () => {};

  /**
   * @param {import('./api.js').Api} api
   * @param {Profile} me
   */
  constructor(api, me) {
    this.api = api;
    this.me = me;
    this.people = new People(api.user, () => this.topics.tell('people'));
    this.people.put(me);
    this.notices = new Notices(me.userId, this.topics);
    this.outbox = new Outbox(me.userId, api.send, this.topics);
    this.outbox.onSent = (message) => this.take(message);
    this.realtime = new Realtime(api.realtimeToken);
    this.realtime.onFrame = frames(this);
    this.realtime.onStatus = () => this.#onStatus();
    this.realtime.onRefused = () => api.checkSession().catch(ignoreProblem);
    this.roles = new Roles(me.userId, api.members, this.topics);
    this.typing = new Typing((frame) => this.realtime.send(frame), this.topics);
    this.refresh = coalesce(() => this.#refresh());
  }

  start() {
    this.realtime.start();
  }

  stop() {
    this.realtime.stop();
    this.outbox.stop();
  }

  // A failed attempt catches up, too: where sockets are kept from us altogether, this is slow instead of dead.
  #onStatus() {
    const { status } = this.realtime;
    this.topics.tell('status');
    if (status === 'open' || status === 'closed') this.catchUp();
  }

  /** After a connection was made: whatever came in the meantime. */
  async catchUp() {
    this.outbox.flush();
    this.roles.forget();
    await Promise.all([this.refresh(), this.loadBlocks()]).catch(ignoreProblem);
  }

  async #refresh() {
    const fresh = await this.api.conversations();
    const ids = new Set(fresh.map(({ conversationId }) => conversationId));
    for (const [id, held] of this.conversations) {
      if (!ids.has(id) && !this.#begun.has(id)) this.drop(held, '');
    }
    fresh.forEach((conversation) => this.#merge(conversation));
    this.isLoaded = true;
    this.topics.tell('conversations');
  }

  // Push and one's own reading may have been faster than the list.
  /** @param {Conversation} fresh */
  #merge(fresh) {
    this.#begun.delete(fresh.conversationId);
    const held = this.conversations.get(fresh.conversationId);
    const isBehind = held && (held.lastSeq > fresh.lastSeq || held.readSeq > fresh.readSeq);
    // The server counts and looks at the end side by side: what it counted behind the end is still to be pushed.
    const counted = { ...fresh, unread: Math.min(fresh.unread, fresh.lastSeq - fresh.readSeq) };
    const { lastSeq, readSeq, unread, lastMessage } = isBehind ? held : counted;
    this.conversations.set(fresh.conversationId, { ...fresh, lastSeq, readSeq, unread, lastMessage });
    const log = this.#logs.get(fresh.conversationId);
    if (log?.isOpen && fresh.lastSeq > log.end) log.catchUp(fresh.lastSeq);
  }

  /** @param {string} target a user's id, or a group's */
  conversationWith(target) {
    return [...this.conversations.values()].find((held) => targetIdOf(held) === target);
  }

  /** @param {string} conversationId */
  log(conversationId) {
    const held = this.#logs.get(conversationId);
    if (held) return held;
    const log = new Log(this.api, conversationId, () => this.topics.tell('logs'), this.people.forget);
    this.#logs.set(conversationId, log);
    return log;
  }

  /**
   * An entry for its log, if that is held or about to be: the page that is on its way may be older.
   * @param {Entry} entry
   */
  add(entry) {
    this.#logs.get(entry.conversationId)?.add([entry]);
  }

  /**
   * A message as it now is, from an answer or a push.
   * @param {Message} message
   */
  take(message) {
    const { conversationId, seq } = message;
    this.add(message);
    const known = this.conversations.get(conversationId);
    const held = known ?? this.#begin(message);
    const isNew = !message.editedAt && !message.deletedAt && message.senderId !== this.me.userId;
    // Not the next one: the count may leave something out.
    if (!known || seq > known.lastSeq + 1 || (isNew && seq === known.lastSeq)) this.refresh().catch(ignoreProblem);
    if (!held) return;
    const isNews = isNew && seq > held.lastSeq && !this.blocked.has(message.senderId);
    const isLast = seq >= (held.lastMessage?.seq ?? 0);
    this.change(conversationId, {
      lastSeq: Math.max(held.lastSeq, seq),
      unread: held.unread + (isNews ? 1 : 0),
      ...(isLast && { lastMessage: message }),
    });
    this.typing.end(conversationId, message.senderId);
  }

  /**
   * The conversation of two people that a message is the first of, until it is listed.
   * @param {Message} message
   * @returns {Conversation | undefined}
   */
  #begin({ conversationId, recipientId, senderId }) {
    if (!recipientId) return undefined;
    const peerId = senderId === this.me.userId ? recipientId : senderId;
    /** @type {Conversation} */
    const begun = { kind: 'direct', conversationId, peerId, lastSeq: 0, readSeq: 0, unread: 0 };
    this.#begun.add(conversationId);
    this.conversations.set(conversationId, begun);
    return begun;
  }

  /**
   * @param {string} conversationId
   * @param {Partial<Pick<Conversation, 'lastSeq' | 'readSeq' | 'unread' | 'lastMessage'>>} change
   */
  change(conversationId, change) {
    const held = this.conversations.get(conversationId);
    if (held) this.conversations.set(conversationId, { ...held, ...change });
    this.topics.tell('conversations');
  }

  /**
   * The user belongs to it no more.
   * @param {Conversation} conversation
   * @param {string} why nothing: it is not said
   */
  drop(conversation, why) {
    const { conversationId } = conversation;
    this.conversations.delete(conversationId);
    this.#logs.delete(conversationId);
    this.topics.tell('conversations');
    this.onGone(conversation, why);
  }

  /**
   * All up to `seq` was seen.
   * @param {Conversation} conversation
   * @param {number} seq
   */
  async markRead({ conversationId, readSeq }, seq) {
    if (seq <= readSeq || this.#reading.has(conversationId)) return;
    this.#reading.add(conversationId);
    try {
      await this.api.read(conversationId, seq);
      this.hasRead(conversationId, seq);
    } catch (problem) {
      ignoreProblem(problem);
    } finally {
      this.#reading.delete(conversationId);
    }
  }

  /**
   * @param {string} conversationId
   * @param {number} seq
   */
  hasRead(conversationId, seq) {
    const held = this.conversations.get(conversationId);
    if (!held || seq <= held.readSeq) return;
    this.change(conversationId, { readSeq: seq, ...(seq >= held.lastSeq && { unread: 0 }) });
    if (seq < held.lastSeq && held.unread > 0) this.refresh().catch(ignoreProblem);
  }

  async loadBlocks() {
    this.blocked = new Set((await this.api.blocks()).map(({ userId }) => userId));
    this.topics.tell('blocks');
  }

  /** Another may be seen, or not any more: everything is paged in anew. */
  async blocksChanged() {
    await this.loadBlocks();
    await Promise.all(
      [...this.#logs.values()]
        .filter(({ isOpen }) => isOpen)
        .map((log) => {
          log.clear();
          return log.open();
        }),
    );
    // Nothing that is held is newer than the list that comes.
    this.conversations.forEach((held, id) => this.conversations.set(id, { ...held, lastSeq: 0, readSeq: 0 }));
    await this.refresh();
  }
}
