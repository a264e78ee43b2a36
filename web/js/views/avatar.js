// @ts-check
// A person or a group as a coloured disc with initials.

import { h } from '../dom.js';
import { initials } from '../words.js';

const HUES = 10;

/**
 * @param {string} id gives the colour
 * @param {string} name
 */
export function avatar(id, name) {
  const sum = [...id].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 9973, 7);
  return h('span', { class: 'avatar', 'data-hue': sum % HUES, 'aria-hidden': 'true' }, initials(name));
}
