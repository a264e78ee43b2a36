// @ts-check
// What a sign-in wants to know besides the password.

import { h } from '../dom.js';
import { Problem } from '../problem.js';
import { authenticator } from './authenticator.js';
import { form } from './form.js';
import { CODE, NEW_PASSWORD, other } from './gate.js';

/** @import {SignInChallenge} from '../types.js' */
/** @import {Steps} from './gate.js' */

/** What people call the second factors. @type {Record<string, string>} */
const FACTORS = { SOFTWARE_TOKEN_MFA: 'The authenticator app', EMAIL_OTP: 'A code by email' };

/**
 * @param {Steps} steps
 * @param {string} username
 * @param {SignInChallenge} step
 */
export function showChallenge(steps, username, step) {
  const { title, about, field } = described(step);
  steps.show(
    h('h1', {}, title),
    ...about,
    form([{ ...field, name: 'answer' }], 'Go on', async ({ answer }) => {
      const isPassword = step.challenge === 'NEW_PASSWORD_REQUIRED';
      const next = await answered(steps, username, step, isPassword ? answer : answer.trim());
      if (next) return showChallenge(steps, username, next);
      await steps.enter();
    }),
    other('', 'Back to sign in', () => steps.begin()),
  );
}

/**
 * @param {Steps} steps
 * @param {string} username
 * @param {SignInChallenge} step
 * @param {string} answer
 */
async function answered({ session }, username, step, answer) {
  try {
    return await session.answer(username, step, answer);
  } catch (problem) {
    if (!(problem instanceof Problem && problem.status === 401)) throw problem;
    throw new Problem(401, { code: 'wrong-answer', detail: 'that is not right, or it took too long' });
  }
}

/**
 * @param {SignInChallenge} step
 * @returns {{title: string, about: HTMLElement[], field: Omit<import('./form.js').Field, 'name'>}}
 */
function described({ challenge, options = [], secret, otpauthUri }) {
  const about = (/** @type {string} */ text) => [h('p', {}, text)];
  switch (challenge) {
    case 'NEW_PASSWORD_REQUIRED':
      return {
        title: 'Choose a password',
        about: about('Yours was given to you by somebody else.'),
        field: { ...NEW_PASSWORD, label: 'New password' },
      };
    case 'SOFTWARE_TOKEN_MFA':
      return { title: 'One more step', about: about('What does your authenticator app show?'), field: CODE };
    case 'EMAIL_OTP':
      return { title: 'Check your email', about: about('We have sent you a code.'), field: CODE };
    case 'MFA_SETUP':
      return {
        title: 'Set up an authenticator app',
        about: [authenticator({ secret: secret ?? '', otpauthUri: otpauthUri ?? '' })],
        field: CODE,
      };
    case 'SELECT_MFA_TYPE':
      return {
        title: 'One more step',
        about: about('How do you want to show that it is you?'),
        field: { label: 'By', options: options.map((name) => [name, FACTORS[name] ?? name]) },
      };
    default:
      throw new Problem(0, { code: 'challenge', detail: 'this account needs a step that this client lacks' });
  }
}
