// @ts-check
// Where one writes: a new message, an answer, or another text for an old message.

import { h, icon, iconButton } from '../dom.js';
import { inWords } from '../problem.js';

/** @import {Chat} from '../chat.js' */
/** @import {Message, Target} from '../types.js' */
/** @typedef {{kind: 'reply' | 'edit', message: Message}} Mode */

/** Unicode scalar values in a body. */
const MOST = 4_000;
/** From here on the rest is counted. */
const COUNTED = 3_800;

export class Composer {
  #chat;
  #target;
  #id;
  #sent;
  /** @type {Mode | undefined} */
  #mode;
  #banner = h('div', { class: 'composer-banner', hidden: true });
  #trouble = h('p', { class: 'trouble', role: 'alert' });
  #count = h('span', { class: 'count', hidden: true });
  #text;
  #grow;
  element;

  /**
   * @param {Chat} chat
   * @param {Target} target
   * @param {string} id the target's
   * @param {() => void} sent called after a new message was put on its way
   */
  constructor(chat, target, id, sent) {
    this.#chat = chat;
    this.#target = target;
    this.#id = id;
    this.#sent = sent;
    this.#text = h('textarea', {
      rows: 1,
      'aria-label': 'Message',
      placeholder: 'Write a message',
      enterkeyhint: 'send',
      autocomplete: 'off',
      oninput: () => this.#changed(true),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.#grow = h('div', { class: 'grow' }, this.#text);
    this.element = h(
      'form',
      { class: 'composer', onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      this.#banner,
      this.#trouble,
      h(
        'div',
        { class: 'composer-line' },
        this.#grow,
        this.#count,
        h('button', { class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('send')),
      ),
    );
    this.#put(chat.drafts.get(id) ?? '');
  }

  focus() {
    this.#text.focus();
  }

  /** @param {Message} message */
  reply(message) {
    const name = message.senderId === this.#chat.me.userId ? 'yourself' : this.#chat.people.name(message.senderId);
    this.#begin({ kind: 'reply', message }, `Replying to ${name}`);
  }

  /** @param {Message} message */
  edit(message) {
    this.#begin({ kind: 'edit', message }, 'Editing your message');
    this.#put(message.body ?? '');
    this.#text.select();
  }

  /**
   * @param {Mode} mode
   * @param {string} title
   */
  #begin(mode, title) {
    if (this.#mode?.kind === 'edit') this.#put('');
    this.#mode = mode;
    this.#banner.replaceChildren(
      h('p', {}, h('strong', {}, title), ' ', h('span', {}, mode.message.body ?? '')),
      iconButton('close', 'Cancel', () => this.#cancel()),
    );
    this.#banner.hidden = false;
    this.focus();
  }

  #cancel() {
    if (this.#mode?.kind === 'edit') this.#put('');
    this.#mode = undefined;
    this.#banner.hidden = true;
    this.focus();
  }

  /** @param {string} text */
  #put(text) {
    this.#text.value = text;
    this.#changed(false);
  }

  /** @param {boolean} isTyped */
  #changed(isTyped) {
    const { value } = this.#text;
    const length = [...value].length;
    this.#grow.setAttribute('data-value', value);
    this.#count.hidden = length < COUNTED;
    this.#count.textContent = String(MOST - length);
    this.#trouble.textContent = length > MOST ? `${length - MOST} characters too many.` : '';
    if (this.#mode?.kind !== 'edit') this.#chat.drafts.set(this.#id, value);
    const conversation = this.#chat.conversationWith(this.#id);
    if (isTyped && conversation && value) this.#chat.typing.say(conversation.conversationId);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      this.#submit(event);
    } else if (event.key === 'Escape' && this.#mode) {
      event.stopPropagation();
      this.#cancel();
    } else if (event.key === 'ArrowUp' && this.#text.value === '') {
      const own = this.#newestOwn();
      if (own) event.preventDefault();
      if (own) this.edit(own);
    }
  }

  #newestOwn() {
    const conversation = this.#chat.conversationWith(this.#id);
    if (!conversation) return undefined;
    const log = this.#chat.log(conversation.conversationId);
    for (let seq = log.end; log.get(seq); seq -= 1) {
      const entry = log.get(seq);
      if (entry?.type === 'message' && entry.senderId === this.#chat.me.userId && !entry.deletedAt) return entry;
    }
    return undefined;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const body = this.#text.value;
    if (body.trim() === '' || [...body].length > MOST) return;
    if (this.#mode?.kind === 'edit') return this.#change(this.#mode.message, body);
    this.#chat.outbox.put(this.#target, body, this.#mode?.message.seq);
    this.#put('');
    this.#cancel();
    this.#sent();
  }

  /**
   * @param {Message} message
   * @param {string} body
   */
  async #change({ conversationId, seq }, body) {
    try {
      this.#chat.take(await this.#chat.api.edit(conversationId, seq, body));
      this.#cancel();
    } catch (problem) {
      this.#trouble.textContent = inWords(problem);
    }
  }
}
