// @ts-check
// Short notes at the edge, also said by screen readers.

import { h, iconButton } from '../dom.js';

const SHOWN_MS = 8_000;

export function toasts() {
  const element = h('div', { class: 'toasts', role: 'status' });
  /**
   * @param {string} text
   * @param {string} [title]
   */
  const say = (text, title) => {
    const toast = h(
      'div',
      { class: 'toast' },
      h('div', {}, title && h('strong', {}, title), h('p', {}, text)),
      iconButton('close', 'Dismiss', () => toast.remove()),
    );
    element.append(toast);
    setTimeout(() => toast.remove(), SHOWN_MS);
  };
  return { element, say };
}
