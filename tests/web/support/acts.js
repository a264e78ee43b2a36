// What people do in the client.

import { expect } from './expect.js';

/** @typedef {{page: import('playwright-core').Page, name: string, username: string, userId: string}} Person */

/** Opens the conversation of `person` with `other`, from the list or anew. */
export async function talkTo({ page }, { username }) {
  await page.getByRole('button', { name: 'New conversation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User name', { exact: true }).fill(username);
  await dialog.getByRole('button', { name: 'Write' }).click();
  await dialog.waitFor({ state: 'detached' });
  await composer(page).waitFor();
}

export const composer = (page) => page.getByLabel('Message', { exact: true });
export const log = (page) => page.getByRole('log', { name: 'Messages' });
/** All messages, as text, in their order. */
export const bodies = (page) => log(page).locator('.body');
export const message = (page, text) => log(page).locator('.message', { has: page.locator('.body', { hasText: text }) });
export const inList = (page, name) =>
  page.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name });

export async function say(page, text) {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** Makes a group with `others` and opens it. */
export async function makeGroup({ page }, name, others, visibility = 'private') {
  await page.getByRole('button', { name: 'New conversation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the group').fill(name);
  await dialog.getByLabel('Members').fill(others.map(({ username }) => username).join(', '));
  await dialog.getByLabel('Who may join').selectOption(visibility);
  await dialog.getByRole('button', { name: 'Make group' }).click();
  await page.getByRole('heading', { name, level: 2 }).waitFor();
}

/** Uses one of the buttons of the message that says `text`. */
export async function act(page, text, button) {
  const line = message(page, text);
  await line.focus();
  await line.getByRole('button', { name: button, exact: true }).click();
}

/** Waits until nothing is on its way any more. */
export async function settled(page) {
  await expect(log(page).locator('.waiting')).toHaveCount(0);
}
