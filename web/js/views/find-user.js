// @ts-check
// From a user name to the person, or a problem at the field where it was written.

import { Problem } from '../problem.js';

/** @import {Chat} from '../chat.js' */

/**
 * @param {Chat} chat
 * @param {string} username
 * @param {string} [pointer] the field
 */
export async function findUser(chat, username, pointer = '/username') {
  const wanted = username.trim().replace(/^@/, '').toLowerCase();
  if (!wanted) throw new Problem(422, { errors: [{ pointer, detail: 'a user name is needed' }] });
  try {
    const profile = await chat.api.findUser(wanted);
    chat.people.put(profile);
    return profile;
  } catch (problem) {
    if (!(problem instanceof Problem && [400, 404, 422].includes(problem.status))) throw problem;
    throw new Problem(404, { errors: [{ pointer, detail: `nobody is called ${wanted}` }] });
  }
}
