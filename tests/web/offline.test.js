import { after, before, test } from 'node:test';
import { bodies, composer, inList, log, message, say, settled, talkTo } from './support/acts.js';
import { expect, until } from './support/expect.js';
import { openHouse } from './support/house.js';
import { startWire } from './support/server.js';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

/** What a browser says of requests that fail on the way. */
const CUT_OFF = /ERR_|WebSocket connection|WebSocket is closed/;

test('what is written offline is sent on return, in order, once, and what came meanwhile is there', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = CUT_OFF;
  await talkTo(ada, bob);
  await say(ada.page, 'before');
  await settled(ada.page);
  await inList(bob.page, 'Ada').click();

  await ada.page.context().setOffline(true);
  await ada.page.getByText('You are offline.').waitFor();
  for (const body of ['one', 'two', 'three']) await say(ada.page, body);
  for (const body of ['meanwhile 1', 'meanwhile 2']) await say(bob.page, body);
  await expect(bodies(bob.page)).toRead(['before', 'meanwhile 1', 'meanwhile 2']);
  await expect(bodies(ada.page)).toRead(['before', 'one', 'two', 'three']);
  await message(ada.page, 'three').getByText('waits for a connection').waitFor();

  await ada.page.context().setOffline(false);
  const all = ['before', 'meanwhile 1', 'meanwhile 2', 'one', 'two', 'three'];
  await expect(bodies(bob.page)).toRead(all);
  await settled(ada.page);
  await expect(bodies(ada.page)).toRead(all);
  await until(() => ada.page.getByText('You are offline.').count(), 0);
});

test('what waits offline is still there after the tab was closed', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = CUT_OFF;
  await talkTo(ada, bob);
  await ada.page.context().setOffline(true);
  await ada.page.getByText('You are offline.').waitFor();
  await say(ada.page, 'kept');
  await ada.page.goto('about:blank');
  await ada.page.context().setOffline(false);
  await ada.page.goto(house.url);
  await inList(bob.page, 'Ada').click();
  await expect(bodies(bob.page)).toRead(['kept']);
});

test('after the line broke while nobody looked, nothing is missed or doubled', async (t) => {
  const wire = await startWire(house.url);
  t.after(() => wire.cut());
  const [ada, bob] = [
    await house.person(t, 'Ada', { url: wire.url, prepare: wire.carry }),
    await house.person(t, 'Bob'),
  ];
  ada.page.expected = CUT_OFF;
  await talkTo(ada, bob);
  await say(ada.page, 'before');
  await settled(ada.page);
  await inList(bob.page, 'Ada').click();
  await message(bob.page, 'before').waitFor();

  await wire.cut();
  await ada.page.getByText('No connection.').waitFor();
  await say(ada.page, 'into the void');
  const body = (number) => ({ recipientId: ada.userId, body: `while away ${number}` });
  for (const number of [1, 2, 3]) await bob.api('POST', 'messages', body(number));
  // What was pushed to Bob's page is not on its way to Ada's any more.
  await message(bob.page, 'while away 3').waitFor();
  await wire.mend();

  await settled(ada.page);
  const all = ['before', 'while away 1', 'while away 2', 'while away 3', 'into the void'];
  await expect(bodies(ada.page)).toRead(all);
  await expect(bodies(bob.page)).toRead(all);
});

test('a message whose answer was lost is stored once', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = CUT_OFF;
  await talkTo(ada, bob);
  let lost = 0;
  await ada.page.route('**/v1/messages', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  await say(ada.page, 'once');
  await settled(ada.page);
  await say(ada.page, 'twice');
  await inList(bob.page, 'Ada').click();
  await expect(bodies(bob.page)).toRead(['once', 'twice']);
  await settled(ada.page);
  await expect(bodies(ada.page)).toRead(['once', 'twice']);
});

test('an edit and a deletion that were made meanwhile are seen', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = CUT_OFF;
  const first = await bob.api('POST', 'messages', { recipientId: ada.userId, body: 'first' });
  await bob.api('POST', 'messages', { recipientId: ada.userId, body: 'second' });
  await inList(ada.page, 'Bob').click();
  await inList(bob.page, 'Ada').click();
  for (const { page } of [ada, bob]) await expect(bodies(page)).toRead(['first', 'second']);
  await ada.page.context().setOffline(true);
  await ada.page.getByText('You are offline.').waitFor();
  const path = `conversations/${first.conversationId}/messages`;
  await bob.api('PATCH', `${path}/1`, { body: 'first, better' });
  await bob.api('DELETE', `${path}/2`);
  await expect(bodies(bob.page)).toRead(['first, better', 'Message deleted']);
  await ada.page.context().setOffline(false);
  await expect(bodies(ada.page)).toRead(['first, better', 'Message deleted']);
});

test('who was away for long begins at the end, and pages in the rest', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = CUT_OFF;
  const send = (number) => bob.api('POST', 'messages', { recipientId: ada.userId, body: `message ${number}.` });
  await send(1);
  await inList(ada.page, 'Bob').click();
  await expect(bodies(ada.page)).toRead(['message 1.']);
  await ada.page.context().setOffline(true);
  await ada.page.getByText('You are offline.').waitFor();
  for (let number = 2; number <= 520; number += 1) await send(number);
  await ada.page.context().setOffline(false);
  await message(ada.page, 'message 520.').waitFor();
  await until(async () => (await bodies(ada.page).count()) < 520, true);
  await until(async () => {
    await log(ada.page).evaluate((element) => {
      element.scrollTop = 0;
    });
    return (await bodies(ada.page).allTextContents()).slice(0, 2);
  }, ['message 1.', 'message 2.']);
});

test('a session goes on over a lost access token, and ends for all tabs on signing out', async (t) => {
  const ada = await house.person(t, 'Ada');
  ada.page.expected = /401/;
  let refused = 0;
  await ada.page.route('**/v1/users?*', async (route) => {
    if (refused > 0) return route.continue();
    refused += 1;
    return route.fulfill({ status: 401, body: '{"message":"Unauthorized"}' });
  });
  const bob = await house.person(t, 'Bob');
  await talkTo(ada, bob);
  const other = await ada.page.context().newPage();
  await other.goto(house.url);
  await other.getByRole('navigation', { name: 'Conversations' }).waitFor();
  await ada.page.getByRole('button', { name: 'Settings', exact: true }).click();
  await ada.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await ada.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  await until(() => other.evaluate(() => Object.keys(localStorage)), []);
});
