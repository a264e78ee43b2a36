// @ts-check
// The part of a log that is on the screen: a window that moves with scrolling, or follows the end.

import { arrowKeys, h, iconButton, reconcile } from '../dom.js';
import { ignoreProblem } from '../problem.js';
import { entryRows, quoteOf, waitingRow } from './rows.js';

/** @import {Chat} from '../chat.js' */
/** @import {Actions, Scene} from './rows.js' */
/** @import {Log} from '../log.js' */

/** How many entries are on the page at most. */
const MOST = 300;
/** This close to an edge, in pixels, more is loaded. */
const NEAR = 400;
/** This close to the end counts as being there. */
const AT_END = 48;

export class Timeline {
  #chat;
  #target;
  #actions;
  #list = h('ol', { role: 'list' });
  #toEnd = iconButton('down', 'To the newest messages', () => this.toEnd(), { class: 'to-end', hidden: true });
  #scroller = h('div', { class: 'scroller', role: 'log', 'aria-label': 'Messages', 'aria-busy': 'true' }, this.#list);
  element = h('div', { class: 'timeline' }, this.#scroller, this.#toEnd);
  /** The first entry of the window; 0: none yet. */
  #top = 0;
  /** The last; undefined: the window follows the end. @type {number | undefined} */
  #bottom;
  #generation = -1;
  #isAtEnd = true;
  #isMoving = false;
  /** @type {number | undefined} */
  #divider;
  #resized = new ResizeObserver(() => this.#stick());

  /**
   * @param {Chat} chat
   * @param {string} target the peer or group
   * @param {Omit<Actions, 'jump'>} actions
   */
  constructor(chat, target, actions) {
    this.#chat = chat;
    this.#target = target;
    this.#actions = { ...actions, jump: (/** @type {number} */ seq) => this.#jump(seq).catch(ignoreProblem) };
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#list.addEventListener('focusin', ({ target: focused }) =>
      this.#rove(/** @type {Element} */ (focused).closest('li')),
    );
    arrowKeys(this.#list, '.message');
    this.#resized.observe(this.#scroller);
  }

  end() {
    this.#resized.disconnect();
  }

  /** Shows what there is now. */
  update() {
    const scene = this.#scene();
    if (scene && !scene.log.isOpen) this.#open(scene.log).catch(ignoreProblem);
    if (!scene || scene.log.isOpen) this.#render(scene);
  }

  /** To the end of the log, where one's own message goes. */
  toEnd() {
    this.#divider = undefined;
    this.#bottom = undefined;
    this.#isAtEnd = true;
    const log = this.#scene()?.log;
    if (log) this.#top = Math.max(this.#top, log.end - MOST);
    this.update();
  }

  /** @returns {Scene | undefined} */
  #scene() {
    const conversation = this.#chat.conversationWith(this.#target);
    if (!conversation) return undefined;
    const log = this.#chat.log(conversation.conversationId);
    return { chat: this.#chat, log, conversation, actions: this.#actions, divider: this.#divider };
  }

  /** @param {Log} log */
  async #open(log) {
    await log.open();
    this.update();
  }

  /** @param {Scene | undefined} scene */
  #render(scene) {
    const isFirst = scene !== undefined && scene.log.generation !== this.#generation;
    if (isFirst) this.#begin(scene.log);
    if (scene) scene.divider = this.#divide(scene, isFirst);
    const anchor = this.#isAtEnd ? undefined : this.#anchor();
    reconcile(this.#list, this.#rows(scene));
    if (!this.#list.contains(document.activeElement)) this.#rove([...this.#list.querySelectorAll('.message')].at(-1));
    if (isFirst) this.#scrollToNews();
    else if (anchor) this.#restore(anchor);
    else this.#stick();
    if (!scene) return;
    this.#scroller.setAttribute('aria-busy', String(this.#isMoving));
    this.#toEnd.hidden = this.#isAtEnd && this.#bottom === undefined;
    this.#read(scene);
    this.#extend().catch(ignoreProblem);
  }

  /** @param {Log} log */
  #begin(log) {
    this.#generation = log.generation;
    this.#bottom = undefined;
    this.#top = log.end;
    while (log.get(this.#top - 1) && log.end - this.#top < MOST / 6) this.#top -= 1;
    this.#isAtEnd = true;
  }

  /** @param {Scene | undefined} scene */
  #rows(scene) {
    const waiting = this.#bottom === undefined ? this.#chat.outbox.waiting(this.#target) : [];
    const unsent = waiting.filter(({ clientMessageId }) => !scene?.log.hasSent(clientMessageId));
    return [
      ...(scene ? entryRows(scene, this.#top, this.#bottom ?? scene.log.end) : []),
      ...unsent.map((message) => waitingRow(this.#chat, message, scene && quoteOf(scene, message))),
    ];
  }

  /**
   * Where the line between read and new stands: it stays until one writes or leaves.
   * @param {Scene} scene
   * @param {boolean} isFirst
   */
  #divide({ conversation }, isFirst) {
    if (conversation.unread > 0 && (isFirst || !this.#isWatched)) this.#divider ??= conversation.readSeq;
    return this.#divider;
  }

  get #isWatched() {
    return document.hasFocus() && document.visibilityState === 'visible' && this.#isAtEnd && this.#bottom === undefined;
  }

  /** @param {Scene} scene */
  #read({ conversation, log }) {
    if (!this.#isWatched) return;
    let seq = log.end;
    const isNews = () => {
      const entry = log.get(seq);
      return entry?.type === 'message' && entry.senderId !== this.#chat.me.userId;
    };
    while (seq > conversation.readSeq && log.get(seq) && !isNews()) seq -= 1;
    if (seq > conversation.readSeq || conversation.unread > 0) this.#chat.markRead(conversation, log.end);
  }

  /** The first line that is in view, and where. */
  #anchor() {
    const edge = this.#scroller.getBoundingClientRect().top;
    const lines = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    const element = lines.find((line) => line.getBoundingClientRect().bottom > edge);
    return element && { key: element.dataset.key ?? '', top: element.getBoundingClientRect().top };
  }

  /** @param {{key: string, top: number}} anchor */
  #restore({ key, top }) {
    const element = this.#list.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (element) this.#scroller.scrollTop += element.getBoundingClientRect().top - top;
  }

  #stick() {
    if (this.#isAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #scrollToNews() {
    this.#stick();
    const divider = /** @type {HTMLElement | null} */ (this.#list.querySelector('.divider'));
    if (divider) this.#scroller.scrollTop = Math.min(this.#scroller.scrollTop, divider.offsetTop - 24);
    this.#scrolled();
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const wasAtEnd = this.#isAtEnd;
    this.#isAtEnd = this.#bottom === undefined && scrollHeight - scrollTop - clientHeight < AT_END;
    if (this.#isAtEnd !== wasAtEnd) this.update();
    else this.#extend().catch(ignoreProblem);
  }

  /** Moves the window where the view is near its edge. */
  async #extend() {
    const log = this.#scene()?.log;
    if (this.#isMoving || !log?.isOpen || log.generation !== this.#generation) return;
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    const isNearTop = scrollTop < NEAR && this.#top > 1 && log.start !== this.#top;
    const isNearBottom = this.#bottom !== undefined && scrollHeight - scrollTop - clientHeight < NEAR;
    if (!isNearTop && !isNearBottom) return;
    this.#isMoving = true;
    this.#scroller.setAttribute('aria-busy', 'true');
    try {
      if (isNearTop) await this.#up(log);
      else await this.#down(log, Number(this.#bottom));
    } finally {
      this.#isMoving = false;
    }
    this.update();
  }

  /** @param {Log} log */
  async #up(log) {
    this.#top = await log.older(this.#top);
    if (!this.#isAtEnd && (this.#bottom ?? log.end) - this.#top > MOST) this.#bottom = this.#top + MOST;
  }

  /**
   * @param {Log} log
   * @param {number} bottom
   */
  async #down(log, bottom) {
    const last = await log.newer(bottom);
    this.#bottom = last >= log.end ? undefined : last;
    this.#top = Math.max(this.#top, last - MOST);
  }

  /** @param {number} seq */
  async #jump(seq) {
    const log = this.#scene()?.log;
    if (!log) return;
    if (seq < this.#top || seq > (this.#bottom ?? log.end)) {
      const first = await log.older(seq + 1);
      const last = await log.newer(seq);
      this.#top = first;
      this.#bottom = last >= log.end ? undefined : last;
    }
    this.#isAtEnd = false;
    this.update();
    const line = /** @type {HTMLElement | null} */ (this.#list.querySelector(`[data-seq="${seq}"]`));
    line?.scrollIntoView({ block: 'center' });
    line?.focus({ preventScroll: true });
    line?.classList.add('found');
  }

  /**
   * One line at a time can be reached with Tab, the last at first; the arrow keys move on.
   * @param {Element | null | undefined} line
   */
  #rove(line) {
    if (!line?.matches('.message')) return;
    this.#list.querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute('tabindex', '-1'));
    line.setAttribute('tabindex', '0');
  }
}
