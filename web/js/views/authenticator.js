// @ts-check
// What an authenticator app is to be told.

import { button, h } from '../dom.js';

/** @param {{secret: string, otpauthUri: string}} enrolment */
export function authenticator({ secret, otpauthUri }) {
  const said = h('span', { role: 'status' });
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    said.textContent = 'Copied.';
  };
  const parts = secret.match(/.{1,4}/g) ?? [];
  return h(
    'div',
    { class: 'authenticator' },
    h(
      'p',
      {},
      'Add this key to your authenticator app, or ',
      h('a', { href: otpauthUri }, 'open the app on this device'),
      '. Then enter the code that it shows.',
    ),
    h('p', { class: 'key' }, h('code', { 'aria-label': 'Key' }, parts.join(' ')), button('Copy', copy), said),
  );
}
