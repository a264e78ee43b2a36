import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { act, bodies, composer, inList, makeGroup, message, say, settled, talkTo } from './support/acts.js';
import { expect, until } from './support/expect.js';
import { openHouse } from './support/house.js';

let house;
let axe;
before(async () => {
  house = await openHouse();
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});
after(() => house.close());

/** Fails on what axe calls serious or critical, and on contrast. */
async function check(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const bad = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  assert.deepEqual(
    bad.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
}

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'phone width': { colorScheme: 'light', viewport: { width: 360, height: 720 } },
};

for (const [name, look] of Object.entries(LOOKS)) {
  test(`axe finds nothing serious in ${name}`, async (t) => {
    const isPhone = name === 'phone width';
    const gate = await house.guest(t, look);
    gate.expected = /status of 422/;
    await check(gate);
    await gate.getByRole('button', { name: 'Create an account' }).click();
    await gate.getByRole('button', { name: 'Create account' }).click();
    await gate.locator('[aria-invalid]').first().waitFor();
    await check(gate);
    await gate.getByRole('button', { name: 'Sign in', exact: true }).click();
    await gate.getByRole('button', { name: 'Forgotten your password?' }).click();
    await check(gate);
    await gate.getByLabel('User name').fill('nobody');
    await gate.getByRole('button', { name: 'Send me a code' }).click();
    await gate.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    await check(gate);

    const [ada, bob] = [await house.person(t, 'Ada', look), await house.person(t, 'Bob')];
    ada.page.expected = /status of 403/;
    await ada.page.getByRole('link', { name: 'Lobby' }).waitFor();
    await check(ada.page);
    await makeGroup(ada, 'Chess club', [bob]);
    await inList(bob.page, 'Chess club').click();
    await say(bob.page, 'Hello all');
    await say(bob.page, 'and a second line');
    await say(ada.page, 'Hello Bob');
    await settled(ada.page);
    await act(ada.page, 'Hello all', 'Reply');
    await check(ada.page);
    await say(ada.page, 'An answer');
    await act(ada.page, 'Hello Bob', 'Edit');
    await composer(ada.page).fill('Hello, Bob');
    await composer(ada.page).press('Enter');
    await message(ada.page, 'Hello, Bob').getByText('edited').waitFor();
    await message(ada.page, 'An answer').focus();
    await check(ada.page);
    await ada.page.getByRole('button', { name: 'Members and settings' }).click();
    await ada.page.getByLabel('Role of Bob').waitFor();
    await check(ada.page);
    await ada.page.keyboard.press('Escape');
    if (isPhone) await ada.page.getByRole('button', { name: 'All conversations' }).click();
    for (const button of ['New conversation', 'Settings', 'Notifications']) {
      await ada.page.getByRole('button', { name: button, exact: true }).click();
      await ada.page.getByRole('dialog').waitFor();
      await check(ada.page);
      await ada.page.keyboard.press('Escape');
    }
    await ada.page.getByRole('button', { name: 'Settings', exact: true }).click();
    for (const part of ['Second factor', 'Password']) await ada.page.locator('summary', { hasText: part }).click();
    await ada.page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    await ada.page.getByRole('img', { name: 'QR code' }).waitFor();
    await check(ada.page);
    await ada.page.getByRole('button', { name: 'Delete my account…' }).click();
    await ada.page.getByRole('dialog', { name: 'Delete your account?' }).waitFor();
    await check(ada.page);
    await ada.page.keyboard.press('Escape');
    await ada.page.keyboard.press('Escape');

    await talkTo(ada, bob);
    await bob.api('PUT', `blocks/${ada.userId}`);
    await say(ada.page, 'Refused');
    await ada.page.getByText('Not sent.').waitFor();
    await check(ada.page);
  });
}

test('everything is done by keyboard alone', async (t) => {
  const bob = await house.person(t, 'Bob');
  const page = await house.guest(t);
  const { keyboard } = page;
  await expect(page.getByLabel('User name')).toBeFocused();
  const eve = await house.person(t, 'Eve');
  await keyboard.type(eve.username);
  await keyboard.press('Tab');
  await keyboard.type('Correct-Horse-1');
  await keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();

  await tabTo(page, page.getByRole('button', { name: 'New conversation' }));
  await keyboard.press('Enter');
  await tabTo(page, page.getByLabel('User name', { exact: true }));
  await keyboard.type(bob.username);
  await keyboard.press('Enter');
  await expect(composer(page)).toBeFocused();
  await keyboard.type('one');
  await keyboard.press('Enter');
  await keyboard.type('two');
  await keyboard.press('Shift+Enter');
  await keyboard.type('lines');
  await keyboard.press('Enter');
  await expect(bodies(page)).toRead(['one', 'two\nlines']);
  await settled(page);

  await keyboard.press('ArrowUp');
  await page.getByText('Editing your message').waitFor();
  await keyboard.press('Escape');
  await until(() => page.getByText('Editing your message').isVisible(), false);
  await expect(composer(page)).toBeFocused();

  await keyboard.press('Shift+Tab');
  await tabBackTo(page, message(page, 'two'));
  await keyboard.press('ArrowUp');
  await expect(message(page, 'one')).toBeFocused();
  await tabTo(page, message(page, 'one').getByRole('button', { name: 'Delete' }));
  await keyboard.press('Enter');
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Delete' }));
  await keyboard.press('Enter');
  await expect(bodies(page)).toRead(['Message deleted', 'two\nlines']);

  await tabBackTo(page, inList(page, 'Bob'));
  await keyboard.press('Home');
  await expect(inList(page, 'Lobby')).toBeFocused();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(composer(page)).toBeFocused();
  await until(() => inList(page, 'Bob').getAttribute('aria-current'), 'page');
});

test('on a phone there is one pane, and a way back', async (t) => {
  const look = { viewport: { width: 390, height: 780 } };
  const [ada, bob] = [await house.person(t, 'Ada', look), await house.person(t, 'Bob')];
  await bob.api('POST', 'messages', { recipientId: ada.userId, body: 'Hello' });
  await inList(ada.page, 'Bob').click();
  await expect(bodies(ada.page)).toRead(['Hello']);
  await until(() => ada.page.getByRole('navigation').isVisible(), false);
  await ada.page.getByRole('button', { name: 'All conversations' }).click();
  await inList(ada.page, 'Bob').waitFor();
  await until(() => ada.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
});

test('the theme can be chosen, and stays', async (t) => {
  const ada = await house.person(t, 'Ada', { colorScheme: 'light' });
  const paper = () => ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByLabel('Dark').check();
  await until(async () => (await paper()) !== light, true);
  const dark = await paper();
  await ada.page.reload();
  await until(paper, dark);
});

const MOST_STOPS = 60;

/** Presses Tab until `wanted` has the focus. */
const tabTo = (page, wanted) => walk(page, wanted, 'Tab');
const tabBackTo = (page, wanted) => walk(page, wanted, 'Shift+Tab');

async function walk(page, wanted, key) {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${wanted} cannot be reached with ${key}`);
}
