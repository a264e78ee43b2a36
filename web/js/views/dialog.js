// @ts-check
// Modal dialogs. The browser keeps the focus inside, ends them on Escape and gives the focus back.

import { h, iconButton } from '../dom.js';
import { form } from './form.js';

/**
 * @param {string} title
 * @param {...(Node | string)} content
 */
export function openDialog(title, ...content) {
  const element = h(
    'dialog',
    { 'aria-label': title },
    h(
      'div',
      { class: 'dialog-head' },
      h('h2', {}, title),
      iconButton('close', 'Close', () => element.close()),
    ),
    h('div', { class: 'dialog-body' }, ...content),
  );
  element.addEventListener('close', () => element.remove());
  element.addEventListener('click', (event) => event.target === element && element.close());
  document.body.append(element);
  element.showModal();
  return element;
}

/**
 * Asks before something that cannot be taken back.
 * @param {string} title
 * @param {string} text
 * @param {string} label what the button does
 * @param {() => Promise<void>} work
 */
export function confirm(title, text, label, work) {
  const body = form(
    [],
    label,
    async () => {
      await work();
      element.close();
    },
    { class: 'danger' },
  );
  const element = openDialog(title, h('p', {}, text), body);
}
