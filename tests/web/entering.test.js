import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodies, message, say, settled, talkTo } from './support/acts.js';
import { expect, until } from './support/expect.js';
import { openHouse } from './support/house.js';

/** How a browser reports the refusals that these tests bring about. */
const REFUSED = /status of (401|403|409|422|429)/;

test('signing up and in, and what is wrong stands at its field', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const page = await house.guest(t);
  page.expected = REFUSED;
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('User name').fill('x');
  await page.getByLabel('Email').fill('nowhere');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  for (const label of ['User name', 'Email', 'Password']) {
    await until(() => page.getByLabel(label).getAttribute('aria-invalid'), 'true');
  }
  await page.getByText('Must be an email address.').waitFor();
  await expect(page.getByLabel('User name')).toBeFocused();

  await page.getByLabel('User name').fill('grace');
  await page.getByLabel('Your name').fill('Grace');
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill('Correct-Horse-1');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('dialog').getByLabel('Your name').fill('Grace H.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();

  await page.getByLabel('User name').fill('grace');
  await page.getByLabel('Password').fill('Wrong-Horse-1');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('The user name or the password is wrong.').waitFor();

  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('User name').fill('grace');
  await page.getByLabel('Email').fill('other@example.com');
  await page.getByLabel('Password').fill('Another-Horse-1');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('This user name is taken.').waitFor();
});

test('a deployment asks for the code that it mailed, and sends another', async (t) => {
  const house = await openHouse('--confirm-registration');
  t.after(() => house.close());
  const page = await house.guest(t);
  page.expected = /status of 4/;
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('User name').fill('grace');
  await page.getByLabel('Email').fill('grace@example.com');
  await page.getByLabel('Password').fill('Correct-Horse-1');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Check your email' }).waitFor();

  await page.reload();
  await page.getByLabel('User name').fill('grace');
  await page.getByLabel('Password').fill('Correct-Horse-1');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await until(async () => (await page.getByRole('alert').allInnerTexts()).join('') !== '', true);
  await page.getByRole('button', { name: 'Send another code' }).click();
  await page.getByText('Another code is on its way.').waitFor();

  const { messages } = await (await fetch(`${house.url}/local/outbox`)).json();
  const [code] = /\b\d{6}\b/.exec(messages.at(-1).body) ?? assert.fail('no code was mailed');
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
});

test('who is too fast waits as long as they are told, and loses nothing', async (t) => {
  const house = await openHouse('--flood-limit', '2');
  t.after(() => house.close());
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = REFUSED;
  await talkTo(ada, bob);
  const all = ['one', 'two', 'three', 'four', 'five'];
  for (const body of all) await say(ada.page, body);
  await message(ada.page, 'three').getByText('too fast, waits a moment').waitFor();
  await settled(ada.page);
  await expect(bodies(ada.page)).toRead(all);
  const {
    conversations: [{ conversationId }],
  } = await bob.api('GET', 'conversations');
  const { entries } = await bob.api('GET', `conversations/${conversationId}/messages`);
  assert.deepEqual(
    entries.map(({ body }) => body),
    all,
  );
});
