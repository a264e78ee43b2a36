// @ts-check
// While the backend does not answer.

import { h } from '../dom.js';
import { inWords } from '../problem.js';

/** @param {import('../problem.js').Problem} problem */
export function waitingRoom(problem) {
  return h(
    'main',
    { class: 'gate' },
    h(
      'div',
      { class: 'gate-card', role: 'status' },
      h('h1', {}, 'One moment'),
      h('p', {}, `${inWords(problem)} Trying again…`),
    ),
  );
}
