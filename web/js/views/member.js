// @ts-check
// A member of a group, and what the viewer may do about them. The server decides.

import { button, h } from '../dom.js';
import { avatar } from './avatar.js';

/** @import {Member, Role} from '../types.js' */

/** @type {Role[]} lowest first */
const ROLES = ['member', 'admin', 'owner'];

/**
 * @param {Role} one
 * @param {Role} other
 */
export const isAbove = (one, other) => ROLES.indexOf(one) > ROLES.indexOf(other);

/**
 * @param {Member} member
 * @param {{name: string, isMe: boolean, own: Role, give: (role: Role) => void, remove: () => void}} viewer `own`: one's own role
 */
export function memberRow({ userId, role }, { name, isMe, own, give, remove }) {
  const label = isMe ? `${name} (you)` : name;
  const choices = ROLES.filter((choice) => own === 'owner' || (isMe && !isAbove(choice, own)));
  const select = h(
    'select',
    { 'aria-label': `Role of ${label}`, onchange: () => give(/** @type {Role} */ (select.value)) },
    choices.map((choice) => h('option', { value: choice, selected: choice === role }, choice)),
  );
  return h(
    'li',
    {},
    avatar(userId, name),
    h('span', { class: 'member-name' }, label),
    choices.length > 1 ? select : h('span', { class: 'role' }, role),
    !isMe && isAbove(own, role) && button('Remove', remove, { 'aria-label': `Remove ${name}` }),
  );
}
