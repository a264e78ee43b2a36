// @ts-check
// What other systems told the user.

import { button, h } from '../dom.js';
import { readable } from '../notices.js';
import { day, time } from '../words.js';
import { openDialog } from './dialog.js';

/** @param {import('../notices.js').Notices} notices */
export function inbox(notices) {
  const rows = notices.all().map(({ message, at, isRead }) => {
    const { title, text } = readable(message);
    return h(
      'li',
      { class: isRead ? 'notice' : 'notice unread' },
      title && h('strong', {}, title),
      h('p', { class: 'body' }, text),
      h('p', { class: 'marks' }, `${day(at)}, ${time(at)}`),
    );
  });
  const clear = button('Clear', () => {
    notices.clear();
    dialog.close();
  });
  const dialog =
    rows.length > 0
      ? openDialog('Notifications', h('ul', { class: 'notices' }, ...rows), clear)
      : openDialog('Notifications', h('p', { class: 'hint' }, 'There are none.'));
  notices.readAll();
}
