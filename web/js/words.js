// @ts-check
// Times, names and changes in words.

/** @import {Change, Visibility} from './types.js' */

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const SHORT_DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** @param {string} at */
export const time = (at) => TIME.format(new Date(at));

/** @param {string} at */
export function day(at) {
  const days = daysAgo(at);
  return ['Today', 'Yesterday'][days] ?? DAY.format(new Date(at));
}

/** @param {string} at */
export const shortTime = (at) => (daysAgo(at) === 0 ? time(at) : SHORT_DAY.format(new Date(at)));

/** @param {string} at */
function daysAgo(at) {
  const midnight = (/** @type {Date} */ date) => new Date(date).setHours(0, 0, 0, 0);
  return Math.round((midnight(new Date()) - midnight(new Date(at))) / 86_400_000);
}

/** @param {string} name */
export function initials(name) {
  const parts = name.split(/[\s._-]+/).filter(Boolean);
  const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return letters.map((part) => [...part][0].toUpperCase()).join('') || '?';
}

/**
 * @param {string} one
 * @param {number} count
 */
export const counted = (count, one) => `${count} ${one}${count === 1 ? '' : 's'}`;

const ROLE = { owner: 'an owner', admin: 'an admin', member: 'a member' };

/**
 * What a change says, in one quiet line; nothing for what shows at its message.
 * @param {Change} change
 * @param {(userId: string) => string} name `You` for oneself
 * @returns {string | undefined}
 */
export function told(change, name) {
  const who = name(change.actorId);
  const target = 'target' in change && typeof change.target === 'string' ? change.target : change.actorId;
  const isOwn = change.actorId === target;
  const whom = name(target) === 'You' ? 'you' : name(target);
  switch (change.type) {
    case 'groupCreated':
      return `${who} made the group “${change.name}”`;
    case 'memberAdded':
      return isOwn ? `${who} joined` : `${who} added ${whom}${change.role === 'member' ? '' : ` as ${ROLE[change.role]}`}`;
    case 'memberRemoved':
      return isOwn ? `${who} left` : `${who} removed ${whom}`;
    case 'roleChanged':
      return `${who} made ${isOwn ? (who === 'You' ? 'yourself' : 'themself') : whom} ${ROLE[change.role]}`;
    case 'groupUpdated':
      return updated(who, change);
    case 'groupDeleted':
      return `${who} deleted the group`;
    case 'userErased':
      return 'Somebody deleted their account';
    default:
      return undefined;
  }
}

/**
 * @param {string} who
 * @param {{name?: string, visibility?: Visibility}} change
 */
function updated(who, { name, visibility }) {
  const opened = visibility && `made the group ${visibility === 'open' ? 'open to everyone' : 'private'}`;
  const renamed = name && `named the group “${name}”`;
  return `${who} ${[renamed, opened].filter(Boolean).join(' and ')}`;
}
