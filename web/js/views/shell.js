// @ts-check
// The page of one who is signed in: the list beside the conversation, or one of them where there is no room for both.

import { fill, h, iconButton } from '../dom.js';
import { readable } from '../notices.js';
import { inWords, Problem } from '../problem.js';
import { conversation } from './conversation.js';
import { inbox } from './inbox.js';
import { addressOf, list, nameOf } from './list.js';
import { newConversation } from './new-conversation.js';
import { settings } from './settings.js';
import { toasts } from './toasts.js';

/** @import {Chat} from '../chat.js' */
/** @import {View} from './conversation.js' */
/** @import {Target} from '../types.js' */

/**
 * @param {Chat} chat
 * @param {import('./settings.js').Ways} ways
 */
export function shell(chat, ways) {
  const conversations = list(chat, () => location.hash);
  const note = toasts();
  const main = h('main', { id: 'main', tabindex: -1 });
  const bar = h('div', { class: 'bar', role: 'status' });
  const bell = iconButton('bell', 'Notifications', () => inbox(chat.notices));
  const skip = h(
    'a',
    {
      class: 'skip',
      href: '#main',
      onclick: (/** @type {Event} */ event) => {
        event.preventDefault();
        (view ?? { focus: () => main.focus() }).focus();
      },
    },
    'Skip to the conversation',
  );
  const side = h(
    'div',
    { class: 'side' },
    h(
      'header',
      { class: 'side-head' },
      h('img', { src: 'icon.svg', alt: '', width: 32, height: 32 }),
      h('h1', { class: 'brand' }, 'Chinwag'),
      iconButton('plus', 'New conversation', () => newConversation(chat)),
      bell,
      iconButton('gear', 'Settings', () => settings(chat, ways)),
    ),
    conversations.element,
  );
  const panes = h('div', { class: 'panes' }, side, main);
  const element = h('div', { class: 'shell' }, skip, bar, panes, note.element);

  /** @type {View | undefined} */
  let view;
  let shown = '';
  const show = () => {
    view?.end();
    const left = shown;
    shown = location.hash;
    const target = targetOf(shown);
    view = target && conversation(chat, target);
    panes.setAttribute('data-pane', view ? 'conversation' : 'list');
    fill(
      main,
      view
        ? view.element
        : h(
            'div',
            { class: 'empty' },
            h('img', { src: 'icon.svg', alt: '', width: 96, height: 96 }),
            h('p', {}, 'Choose a conversation, or begin one.'),
          ),
    );
    conversations.update();
    if (view && matchMedia('(min-width: 641px)').matches) view.focus();
    else if (view) main.focus();
    else conversations.focus(left);
  };
  const update = () => {
    conversations.update();
    const unread = [...chat.conversations.values()].reduce((sum, one) => sum + one.unread, 0);
    document.title = unread > 0 ? `(${unread}) Chinwag` : 'Chinwag';
  };
  const ring = () => {
    const { unread } = chat.notices;
    bell.setAttribute('aria-label', unread > 0 ? `Notifications, ${unread} unread` : 'Notifications');
    bell.toggleAttribute('data-unread', unread > 0);
  };
  const ends = [
    chat.topics.on(['conversations', 'people'], update),
    chat.topics.on(['notices'], ring),
    chat.topics.on(['status', 'outbox'], () => tell(chat, bar)),
  ];
  chat.notices.onNotice = ({ message }) => {
    const { title, text } = readable(message);
    note.say(text, title);
  };
  chat.onGone = (gone, why) => {
    if (why) note.say(`“${nameOf(chat, gone)}” ${why}.`);
    if (location.hash === addressOf(gone)) location.hash = '#/';
  };
  // The link to what is shown already changes no address.
  conversations.element.addEventListener('click', ({ target }) => {
    const link = target instanceof Element && target.closest('a');
    if (link && link.hash === location.hash) view?.focus();
  });
  const listening = new AbortController();
  addEventListener('hashchange', show, listening);
  addEventListener(
    'unhandledrejection',
    (event) => {
      if (!(event.reason instanceof Problem)) return;
      event.preventDefault();
      note.say(inWords(event.reason));
    },
    listening,
  );
  ring();
  const end = () => {
    listening.abort();
    view?.end();
    ends.forEach((stop) => stop());
    document.querySelectorAll('dialog').forEach((dialog) => dialog.close());
    document.title = 'Chinwag';
  };
  return { element, show, end, say: note.say };
}

/**
 * @param {string} hash
 * @returns {Target | undefined}
 */
function targetOf(hash) {
  const [, kind, id] = hash.split('/');
  if (!id) return undefined;
  return kind === 'g' ? { groupId: id } : { recipientId: id };
}

const LINES = {
  connecting: 'Connecting…',
  open: '',
  closed: 'No connection. Trying again…',
  offline: 'You are offline.',
};

/**
 * @param {Chat} chat
 * @param {HTMLElement} bar
 */
function tell(chat, bar) {
  const { status } = chat.realtime;
  const waiting = chat.outbox.waiting().filter(({ failure }) => !failure).length;
  const isQuiet = status === 'open' || (status === 'connecting' && !bar.textContent);
  const unsent = waiting > 0 ? ` What you write is sent when you are back.` : '';
  const text = isQuiet ? '' : `${LINES[status]}${unsent}`;
  if (bar.textContent !== text) bar.textContent = text;
}
