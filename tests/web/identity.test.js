// From the first code to the last: an account with a second factor, a forgotten password, other ways in, and the way out.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { say, talkTo, bodies } from './support/acts.js';
import { expect, until } from './support/expect.js';
import { openHouse } from './support/house.js';

const REFUSED = /status of 4/;
const PASSWORD = 'Correct-Horse-1';
const OTHER_PASSWORD = 'Other-Horse-22';

/** RFC 6238, at most one code for each 30 s: the next one, where this was used. */
function totp(secret, step = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest.at(-1) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** The last code that was mailed to somebody, once there is one behind the first `seen`. */
async function mailedCode(url, address, seen = 0) {
  let codes = [];
  await until(async () => {
    const { messages } = await (await fetch(`${url}/local/outbox`)).json();
    codes = messages.filter(({ to }) => to === address).map(({ body }) => /\b\d{6}\b/.exec(body)?.[0]);
    return codes.length > seen;
  }, true);
  return codes.at(-1);
}

const atHome = (page) => page.getByRole('navigation', { name: 'Conversations' }).waitFor();

async function signIn(page, username, password) {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function openSettings(page) {
  await page.getByRole('button', { name: 'Settings' }).click();
  return page.getByRole('dialog', { name: 'Settings' });
}

async function signOut(page) {
  await (await openSettings(page)).getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

test('a life: code, second factor, forgotten password, export, and the end', async (t) => {
  const house = await openHouse('--confirm-registration');
  t.after(() => house.close());
  const page = await house.guest(t, { acceptDownloads: true });
  page.expected = REFUSED;
  const address = 'grace@example.com';

  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('User name').fill('grace');
  await page.getByLabel('Email').fill(address);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByLabel('Code').fill(await mailedCode(house.url, address));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await atHome(page);

  const settings = await openSettings(page);
  await settings.getByText('Second factor').click();
  await settings.getByRole('button', { name: 'Set up an authenticator app' }).click();
  const secret = (await settings.getByLabel('Key').innerText()).replaceAll(' ', '');
  assert.match(await settings.getByRole('link', { name: 'open the app' }).getAttribute('href'), /^otpauth:\/\/totp\//);
  await settings.getByLabel('Code').fill('000000');
  await settings.getByRole('button', { name: 'Confirm' }).click();
  await until(async () => (await settings.getByRole('alert').allInnerTexts()).join('') !== '', true);
  await settings.getByLabel('Code').fill(totp(secret));
  await settings.getByRole('button', { name: 'Confirm' }).click();
  await settings.getByText('asks for a code of your app').waitFor();
  await page.keyboard.press('Escape');
  await signOut(page);

  await signIn(page, 'grace', PASSWORD);
  await page.getByText('What does your authenticator app show?').waitFor();
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('That is not right, or it took too long.').waitFor();
  await page.getByLabel('Code').fill(totp(secret, 1));
  await page.getByRole('button', { name: 'Go on' }).click();
  await atHome(page);
  await signOut(page);

  await page.getByRole('button', { name: 'Forgotten your password?' }).click();
  await page.getByLabel('User name').fill('grace');
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
  await page.getByLabel('Code').fill(await mailedCode(house.url, address, 1));
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.locator('[aria-invalid="true"]')).toHaveCount(1);
  await page.getByLabel('New password').fill(OTHER_PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Your password is changed.').waitFor();

  // The factor is still on; an administrator would switch it off. Here the person does, once in.
  await signIn(page, 'grace', OTHER_PASSWORD);
  await until(async () => {
    await page.getByLabel('Code').fill(totp(secret, 1));
    await page.getByRole('button', { name: 'Go on' }).click();
    const home = page.getByRole('navigation', { name: 'Conversations' });
    await home.or(page.getByText('That is not right')).first().waitFor();
    return home.isVisible();
  }, true);

  const last = await openSettings(page);
  const downloading = page.waitForEvent('download');
  await last.getByRole('button', { name: 'Download my data' }).click();
  const { items } = JSON.parse(await readFile(await (await downloading).path(), 'utf8'));
  assert.equal(items.find(({ type }) => type === 'profile').username, 'grace');
  assert.equal(items.find(({ type }) => type === 'account').attributes.email, address);

  await last.getByRole('button', { name: 'Delete my account…' }).click();
  const sure = page.getByRole('dialog', { name: 'Delete your account?' });
  await sure.getByLabel('Your user name').fill('ada');
  await sure.getByRole('button', { name: 'Delete my account' }).click();
  await sure.getByText('This is not your user name.').waitFor();
  await sure.getByLabel('Your user name').fill('grace');
  await sure.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByText('Your account is deleted.').waitFor();
  const kept = await page.evaluate(() => Object.keys(localStorage));
  assert.deepEqual(kept, []);
  await signIn(page, 'grace', OTHER_PASSWORD);
  await page.getByText('The user name or the password is wrong.').waitFor();
});

test('by the hosted pages, with a user name or with Google', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const ada = await house.person(t, 'Ada');
  const page = await house.guest(t);
  const hosted = () => page.getByRole('button', { name: 'Continue with email or Google' }).click();

  await hosted();
  await page.waitForURL(/\/local\/hosted-ui\/login/);
  await page.locator('input[name="username"]').fill(ada.username);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('input[name="password"]').press('Enter');
  await atHome(page);
  assert.equal(new URL(page.url()).search, '');
  await signOut(page);
  // The pages have forgotten them, too.
  await hosted();
  await page.waitForURL(/\/local\/hosted-ui\/login/);

  await page.getByText(/Google/).first().click();
  await page.waitForURL(/\/local\/google/);
  await page.locator('input[name="email"]').fill('countess@example.com');
  await page.locator('input[name="email"]').press('Enter');
  await atHome(page);
  await talkTo({ page }, ada);
  await say(page, 'hello');
  await expect(bodies(page)).toRead(['hello']);
  await page.reload();
  await expect(bodies(page)).toRead(['hello']);
});

test('a sign-in that was begun elsewhere is refused', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const page = await house.guest(t);
  await page.goto(`${house.url}/?code=stolen&state=foreign`);
  await page.getByText('This sign-in was not begun here').waitFor();
  assert.equal(new URL(page.url()).search, '');
});

test('others see that somebody is gone', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  [ada.page.expected, bob.page.expected] = [/status of 4|WebSocket/, REFUSED];
  await talkTo(ada, bob);
  await say(ada.page, 'a secret');
  await talkTo(bob, ada);
  await expect(bodies(bob.page)).toRead(['a secret']);
  await ada.api('DELETE', 'users/me');
  await bob.page.getByText('An account was deleted, and its messages with it').waitFor();
  await expect(bob.page.getByText('a secret')).toHaveCount(0);
  await ada.page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('everywhere else is signed out, and the password is another', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const ada = await house.person(t, 'Ada');
  ada.page.expected = REFUSED;
  const settings = await openSettings(ada.page);
  await settings.getByText('Password', { exact: true }).first().click();
  await settings.getByLabel('Present password').fill('Wrong-Horse-1');
  await settings.getByLabel('New password').fill(OTHER_PASSWORD);
  await settings.getByRole('button', { name: 'Change password' }).click();
  await until(async () => (await settings.getByRole('alert').allInnerTexts()).join('') !== '', true);
  await settings.getByLabel('Present password').fill(PASSWORD);
  await settings.getByRole('button', { name: 'Change password' }).click();
  await ada.page.getByText('You were signed out everywhere.').waitFor();
  await signIn(ada.page, ada.username, OTHER_PASSWORD);
  await atHome(ada.page);
  await (await openSettings(ada.page)).getByRole('button', { name: 'Sign out everywhere' }).click();
  await ada.page.getByRole('dialog', { name: 'Sign out everywhere?' }).getByRole('button', { name: 'Sign out', exact: true }).click();
  await ada.page.getByText('You were signed out everywhere.').waitFor();
});
