// From the first code to the last: an account with a second factor, a forgotten password, other ways in, and the way out.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import decodeQR from 'qr/decode.js';
import { bodies, composer, inList, makeGroup, message, say, settled, talkTo } from './support/acts.js';
import { expect, until } from './support/expect.js';
import { openHouse } from './support/house.js';

const REFUSED = /status of 4|HTTP Authentication failed/;
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

/** What the QR code says. */
async function scanned(page) {
  const path = await page.getByRole('img', { name: 'QR code' }).locator('path').getAttribute('d');
  const modules = [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  const size = 4 * (1 + Math.max(...modules.flat()) + 4);
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [x, y] of modules) {
    for (let pixel = 0; pixel < 16; pixel += 1) {
      const at = (4 * y + (pixel >> 2)) * size + 4 * x + (pixel & 3);
      data.fill(0, at * 4, at * 4 + 3);
    }
  }
  return decodeQR({ width: size, height: size, data });
}

const atHome = (page) => page.getByRole('navigation', { name: 'Conversations' }).waitFor();

async function signIn(page, username, password) {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signUp(page, username, email) {
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
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

  await signUp(page, 'grace', address);
  await page.getByLabel('Code', { exact: true }).fill(await mailedCode(house.url, address));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await atHome(page);

  const settings = await openSettings(page);
  await settings.getByText('Second factor').click();
  await settings.getByRole('button', { name: 'Set up an authenticator app' }).click();
  const secret = (await settings.getByLabel('Key').innerText()).replaceAll(' ', '');
  const uri = await settings.getByRole('link', { name: 'open the app' }).getAttribute('href');
  assert.equal(uri, `otpauth://totp/Chinwag:grace?secret=${secret}&issuer=Chinwag`);
  assert.equal(await scanned(page), uri);
  await settings.getByLabel('Code', { exact: true }).fill('000000');
  await settings.getByRole('button', { name: 'Confirm' }).click();
  await until(async () => (await settings.getByRole('alert').allInnerTexts()).join('') !== '', true);
  // No code is taken twice, nor one from before: this is that of the 30 s before, which must not end in between.
  await until(async () => Date.now() % 30_000 < 20_000, true);
  await settings.getByLabel('Code', { exact: true }).fill(totp(secret, -1));
  await settings.getByRole('button', { name: 'Confirm' }).click();
  await settings.getByText('asks for a code of your app').waitFor();
  await page.keyboard.press('Escape');
  await signOut(page);

  await signIn(page, 'grace', PASSWORD);
  await page.getByText('What does your authenticator app show?').waitFor();
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('That is not right, or it took too long.').waitFor();
  await page.getByLabel('Code', { exact: true }).fill(totp(secret));
  await page.getByRole('button', { name: 'Go on' }).click();
  await atHome(page);
  await signOut(page);

  await page.getByRole('button', { name: 'Forgotten your password?' }).click();
  await page.getByLabel('User name').fill('grace');
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
  await page.getByLabel('Code', { exact: true }).fill(await mailedCode(house.url, address, 1));
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.locator('[aria-invalid="true"]')).toHaveCount(1);
  await page.getByLabel('New password').fill(OTHER_PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Your password is changed.').waitFor();

  // The factor is still on; an administrator would switch it off. Here the person does, once in.
  await signIn(page, 'grace', OTHER_PASSWORD);
  await page.getByLabel('Code', { exact: true }).fill(totp(secret, 1));
  await page.getByRole('button', { name: 'Go on' }).click();
  await atHome(page);

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
  const hosted = () => page.getByRole('button', { name: 'Other ways to sign in' }).click();

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

  await page
    .getByText(/Google/)
    .first()
    .click();
  await page.waitForURL(/\/local\/google/);
  await page.locator('input[name="email"]').fill('countess@example.com');
  await page.locator('input[name="email"]').press('Enter');
  await atHome(page);
  await talkTo({ page }, ada);
  await say(page, 'hello');
  await expect(bodies(page)).toRead(['hello']);
  await page.reload();
  await expect(bodies(page)).toRead(['hello']);

  // Whatever ends every session ends that of the pages, and still tells what it did.
  await (await openSettings(page)).getByRole('button', { name: 'Sign out everywhere' }).click();
  const sure = page.getByRole('dialog', { name: 'Sign out everywhere?' });
  await sure.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByText('You were signed out everywhere.').waitFor();
  await hosted();
  await page.waitForURL(/\/local\/hosted-ui\/login/);
});

test('what another has begun on the hosted pages signs nobody in', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const page = await house.guest(t);
  for (const brought of ['code=stolen&state=foreign', 'code=stolen', 'error=access_denied']) {
    await page.goto(`${house.url}/?${brought}`);
    await page.getByText('This sign-in was not begun here').waitFor();
    assert.equal(new URL(page.url()).search, '');
  }

  await page.getByRole('button', { name: 'Other ways to sign in' }).click();
  await page.waitForURL(/\/local\/hosted-ui\/login/);
  const asked = new URL(page.url()).searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  await page.goto(`${house.url}/?error=access_denied&state=${asked.get('state')}`);
  await page.getByText('The sign-in was broken off.').waitFor();

  const ada = await house.person(t, 'Ada');
  await ada.page.goto(`${house.url}/?code=stolen&state=foreign`);
  await ada.page.getByText('This sign-in was not begun here').waitFor();
  await atHome(ada.page);
});

test('whoever cannot get in without a second factor sets one up', async (t) => {
  const house = await openHouse('--require-mfa');
  t.after(() => house.close());
  const page = await house.guest(t);
  page.expected = REFUSED;
  await signUp(page, 'grace', 'grace@example.com');
  await page.getByRole('heading', { name: 'Set up an authenticator app' }).waitFor();
  const secret = (await page.getByLabel('Key').innerText()).replaceAll(' ', '');
  assert.match(await scanned(page), new RegExp(`secret=${secret}&`));
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('That is not right, or it took too long.').waitFor();
  await page.getByLabel('Code', { exact: true }).fill(totp(secret));
  await page.getByRole('button', { name: 'Go on' }).click();
  await atHome(page);
});

test('every challenge is asked, one after the other, and its answer sent with its session', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const page = await house.guest(t);
  page.expected = REFUSED;
  const ask = (challenge, session, more) => ({ json: { challenge, session, ...more } });
  const weak = { code: 'invalid', status: 422, errors: [{ pointer: '/answer', detail: 'is too weak' }] };
  const replies = [
    { status: 422, json: weak },
    ask('SELECT_MFA_TYPE', 's2', { options: ['SOFTWARE_TOKEN_MFA', 'EMAIL_OTP'] }),
    ask('EMAIL_OTP', 's3'),
    ask('SOMETHING_NEW', 's4'),
  ];
  const answers = [];
  await page.route('**/v1/authenticate', (route) => route.fulfill(ask('NEW_PASSWORD_REQUIRED', 's1')));
  await page.route('**/v1/authenticate/challenge', (route) => {
    answers.push(route.request().postDataJSON());
    return route.fulfill(replies.shift());
  });
  const goOn = () => page.getByRole('button', { name: 'Go on' }).click();

  await signIn(page, 'grace', PASSWORD);
  await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
  await expect(page.getByLabel('New password')).toBeFocused();
  await page.getByLabel('New password').fill('short');
  await goOn();
  await page.getByText('Is too weak.').waitFor();
  await page.getByLabel('New password').fill(` ${OTHER_PASSWORD}`);
  await goOn();
  await expect(page.getByLabel('By')).toBeFocused();
  await page.getByLabel('By').selectOption('A code by email');
  await goOn();
  await page.getByRole('heading', { name: 'Check your email' }).waitFor();
  await page.getByLabel('Code', { exact: true }).fill(' 123456 ');
  await goOn();
  await page.getByText('This account needs a step that this client lacks.').waitFor();

  const username = 'grace';
  assert.deepEqual(answers, [
    { username, challenge: 'NEW_PASSWORD_REQUIRED', session: 's1', answer: 'short' },
    { username, challenge: 'NEW_PASSWORD_REQUIRED', session: 's1', answer: ` ${OTHER_PASSWORD}` },
    { username, challenge: 'SELECT_MFA_TYPE', session: 's2', answer: 'EMAIL_OTP' },
    { username, challenge: 'EMAIL_OTP', session: 's3', answer: '123456' },
  ]);
});

test('others see that somebody is gone', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  [ada.page.expected, bob.page.expected] = [/status of 4|WebSocket/, REFUSED];
  await makeGroup(bob, 'Chess club', [ada]);
  await inList(ada.page, 'Chess club').click();
  await say(ada.page, 'to all');
  await expect(bodies(bob.page)).toRead(['to all']);
  await talkTo(ada, bob);
  await say(ada.page, 'a secret');
  await talkTo(bob, ada);
  await expect(bodies(bob.page)).toRead(['a secret']);
  await ada.api('DELETE', 'users/me');
  await bob.page.getByText('Somebody deleted their account').waitFor();
  await expect(bodies(bob.page)).toRead(['Message deleted']);
  await bob.page.getByRole('heading', { name: 'Deleted user' }).waitFor();
  await bob.page.getByText('This account does not exist any more.').waitFor();
  await expect(composer(bob.page)).toHaveCount(0);
  await inList(bob.page, 'Chess club').click();
  await expect(bodies(bob.page)).toRead(['Message deleted']);
  await bob.page.getByRole('button', { name: 'Members and settings' }).click();
  await expect(bob.page.getByRole('dialog').locator('.members .member-name')).toRead(['Bob (you)']);
  await ada.page.getByText('Your session has ended.').waitFor();
  assert.equal(await bob.page.getByText('Ada').count(), 0);
});

test('who was away drops what is erased, too, also from a page that was on its way', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = REFUSED;
  bob.page.expected = /status of 4|ERR_INTERNET_DISCONNECTED|WebSocket/;
  const { conversationId } = await ada.api('POST', 'messages', { recipientId: bob.userId, body: 'a secret' });
  await inList(bob.page, 'Ada').click();
  await expect(bodies(bob.page)).toRead(['a secret']);
  const stale = await bob.api('GET', `conversations/${conversationId}/messages`);
  await bob.page.context().setOffline(true);
  await bob.page.getByText('You are offline.').waitFor();
  await ada.api('DELETE', 'users/me');
  const type = 'userErased';
  await until(
    async () => (await bob.api('GET', `conversations/${conversationId}/messages/2`).catch(() => ({}))).type,
    type,
  );
  await bob.page.context().setOffline(false);
  await bob.page.getByText('Somebody deleted their account').waitFor();
  await expect(bodies(bob.page)).toRead(['Message deleted']);
  await bob.page.getByRole('heading', { name: 'Deleted user' }).waitFor();

  const { entries } = await bob.api('GET', `conversations/${conversationId}/messages`);
  const erased = entries.find((entry) => entry.type === type);
  const held = await bob.page.evaluate(
    async ([page, change]) => {
      const { Log } = await import('/js/log.js');
      const log = new Log(
        { entries: async () => [], entry: async () => undefined },
        'c',
        () => {},
        () => {},
      );
      log.add([change]);
      log.add(page);
      return log.get(page[0].seq);
    },
    [stale.entries, erased],
  );
  assert.equal(held.body, undefined);
  assert.equal(held.deletedAt, erased.createdAt);
});

test('who signs out leaves no session, no draft and no dialog behind', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const [ada, bob, eve] = [await house.person(t, 'Ada'), await house.person(t, 'Bob'), await house.person(t, 'Eve')];
  ada.page.expected = REFUSED;
  eve.page.expected = REFUSED;
  await talkTo(ada, bob);
  await composer(ada.page).fill('not for Eve');
  const { refreshToken } = await ada.page.evaluate(() => JSON.parse(localStorage.getItem('chinwag.session')));
  const revoked = ada.page.waitForResponse('**/v1/sign-out');
  await signOut(ada.page);
  assert.equal((await revoked).status(), 204);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ refreshToken });
  const again = await fetch(`${house.url}/v1/authenticate/refresh`, { method: 'POST', headers, body });
  assert.equal(again.status, 401);

  await signIn(ada.page, eve.username, PASSWORD);
  await atHome(ada.page);
  const began = Date.now();
  await talkTo(ada, bob);
  assert.equal(await composer(ada.page).inputValue(), '');

  await openSettings(ada.page);
  // Sessions begin at whole seconds.
  await until(async () => Date.now() - began > 1_000, true);
  await eve.api('POST', 'sign-out');
  await ada.page.getByText('Your session has ended.').waitFor();
  await expect(ada.page.getByRole('dialog')).toHaveCount(0);
});

test('an export that breaks off says so, and saves nothing', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const ada = await house.person(t, 'Ada');
  ada.page.expected = REFUSED;
  const settings = await openSettings(ada.page);
  await ada.page.route('**/v1/users/me/export?*cursor*', (route) => route.fulfill({ status: 403, json: {} }));
  await settings.getByRole('button', { name: 'Download my data' }).click();
  await settings.getByText('That did not work.').waitFor();
  await expect(settings.getByText(/so far/)).toHaveCount(0);
  await ada.page.unroute('**/v1/users/me/export?*cursor*');
  const downloading = ada.page.waitForEvent('download');
  await settings.getByRole('button', { name: 'Download my data' }).click();
  assert.equal((await downloading).suggestedFilename(), 'chinwag-export.json');
  await settings.getByText(/items in chinwag-export.json/).waitFor();
});

test('everywhere else is signed out, and the password is another', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const ada = await house.person(t, 'Ada');
  ada.page.expected = REFUSED;
  const settings = await openSettings(ada.page);
  await settings.getByText('Password', { exact: true }).first().click();
  await settings.getByLabel('Current password').fill('Wrong-Horse-1');
  await settings.getByLabel('New password').fill(OTHER_PASSWORD);
  await settings.getByRole('button', { name: 'Change password' }).click();
  await until(async () => (await settings.getByRole('alert').allInnerTexts()).join('') !== '', true);
  await settings.getByLabel('Current password').fill(PASSWORD);
  await settings.getByRole('button', { name: 'Change password' }).click();
  await ada.page.getByText('You were signed out everywhere.').waitFor();
  await signIn(ada.page, ada.username, OTHER_PASSWORD);
  await atHome(ada.page);
  await (await openSettings(ada.page)).getByRole('button', { name: 'Sign out everywhere' }).click();
  await ada.page
    .getByRole('dialog', { name: 'Sign out everywhere?' })
    .getByRole('button', { name: 'Sign out', exact: true })
    .click();
  await ada.page.getByText('You were signed out everywhere.').waitFor();
});
