import { after, before, test } from 'node:test';
import { act, bodies, composer, inList, makeGroup, message, say, settled, talkTo } from './support/acts.js';
import { expect, until } from './support/expect.js';
import { openHouse } from './support/house.js';

/** A promise that a test keeps. */
function deferred() {
  /** @type {(value?: unknown) => void} */
  let resolve = () => {};
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

let house;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

test('the first message to somebody stays in view while the list of conversations is on its way', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await talkTo(ada, bob);
  const asked = deferred();
  const answered = deferred();
  await ada.page.route(/\/v1\/conversations(\?|$)/, async (route) => {
    asked.resolve();
    await answered.promise;
    await route.continue();
  });
  await say(ada.page, 'hello');
  await asked.promise;
  await settled(ada.page);
  await expect(bodies(ada.page)).toRead(['hello']);
  await inList(ada.page, 'Bob').waitFor();
  answered.resolve();
  await say(ada.page, 'and again');
  await settled(ada.page);
  await expect(bodies(ada.page)).toRead(['hello', 'and again']);
});

test('two people write to each other, see it, and see each other type', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await talkTo(ada, bob);
  await say(ada.page, 'Hello Bob');
  await inList(bob.page, 'Ada').click();
  await expect(bodies(bob.page)).toRead(['Hello Bob']);

  await composer(bob.page).pressSequentially('Hel');
  await ada.page.getByText('Bob is typing…').waitFor();
  await say(bob.page, 'Hello Ada');
  await expect(bodies(ada.page)).toRead(['Hello Bob', 'Hello Ada']);
  await until(() => ada.page.getByText('Bob is typing…').count(), 0);
  await settled(ada.page);
});

test('what is written while a conversation is being opened is not missed', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await makeGroup(ada, 'Chess club', [bob]);
  const [hold, read] = [deferred(), deferred()];
  await bob.page.route(/\/messages\?/, async (route) => {
    const response = await route.fetch();
    read.resolve();
    await hold.promise;
    await route.fulfill({ response });
  });
  await inList(bob.page, 'Chess club').click();
  await read.promise;
  await say(ada.page, 'Welcome');
  await inList(bob.page, 'Chess club').getByText('Welcome').waitFor();
  hold.resolve();
  await expect(bodies(bob.page)).toRead(['Welcome']);
});

test('what is unread is counted in the list and the title, divided from what was read, and read when it is looked at', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await ada.api('POST', 'messages', { recipientId: bob.userId, body: 'one' });
  await ada.api('POST', 'messages', { recipientId: bob.userId, body: 'two' });
  await inList(bob.page, /Ada.*2 unread messages/).waitFor();
  await until(() => bob.page.title(), '(2) Chinwag');
  await inList(bob.page, 'Ada').click();
  await expect(bob.page.locator('.divider')).toRead(['New']);
  await until(() => bob.page.title(), 'Chinwag');
  await until(async () => (await bob.api('GET', 'conversations')).conversations[0].readSeq, 2);
});

test('a message that the other has read says so', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await talkTo(ada, bob);
  await say(ada.page, 'Are you there?');
  await inList(bob.page, 'Ada').click();
  await message(ada.page, 'Are you there?').getByText('seen').waitFor();
});

test('a message is edited, answered and deleted, and both see it', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await talkTo(ada, bob);
  await say(ada.page, 'Tee at four');
  await inList(bob.page, 'Ada').click();
  await act(ada.page, 'Tee at four', 'Edit');
  await composer(ada.page).fill('Tea at four');
  await composer(ada.page).press('Enter');
  await message(bob.page, 'Tea at four').getByText('edited').waitFor();

  await act(bob.page, 'Tea at four', 'Reply');
  await say(bob.page, 'Gladly');
  await message(ada.page, 'Gladly')
    .getByRole('button', { name: /In reply to You.*Tea at four/ })
    .waitFor();

  await act(ada.page, 'Tea at four', 'Delete');
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(bodies(bob.page)).toRead(['Message deleted', 'Gladly']);
  await expect(bodies(ada.page)).toRead(['Message deleted', 'Gladly']);
  await message(ada.page, 'Gladly')
    .getByRole('button', { name: /In reply to You.*Message deleted/ })
    .waitFor();
});

test('a body is text, whatever it looks like', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  const evil = '<img src=x onerror="window.ran=1"><script>window.ran=1</script> <b>b</b> javascript:alert(1) \u202Eabc';
  await talkTo(ada, bob);
  await say(ada.page, evil);
  await inList(bob.page, 'Ada').click();
  for (const { page } of [ada, bob]) {
    await until(() => bodies(page).allTextContents(), [evil]);
    await expect(page.locator('.body *, .list-preview *')).toHaveCount(0);
    await until(() => page.evaluate(() => 'ran' in window), false);
  }
});

test('everything is there after a reload', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await talkTo(ada, bob);
  await say(ada.page, 'one');
  await say(ada.page, 'two');
  await settled(ada.page);
  await ada.page.reload();
  await expect(bodies(ada.page)).toRead(['one', 'two']);
  await ada.page.getByRole('heading', { name: 'Bob', level: 2 }).waitFor();
});

test('a long log is paged in while one scrolls up, and its place is kept', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  const all = Array.from({ length: 420 }, (_, index) => `message ${index + 1}.`);
  for (const body of all) await ada.api('POST', 'messages', { recipientId: bob.userId, body });
  await talkTo(bob, ada);
  await message(bob.page, 'message 420.').waitFor();
  const scroller = bob.page.getByRole('log');
  const before = await bodies(bob.page).count();
  const shown = all[420 - before + 8];
  const line = message(bob.page, shown);
  const above = await scroller.evaluate((element, text) => {
    element.scrollTop = 200;
    const body = [...element.querySelectorAll('.body')].find(({ textContent }) => textContent === text);
    return body.closest('li').getBoundingClientRect().top;
  }, shown);
  await until(async () => (await bodies(bob.page).count()) > before, true);
  await until(
    () => line.evaluate((element, top) => Math.abs(element.getBoundingClientRect().top - top) < 2, above),
    true,
  );
  await until(async () => {
    await scroller.evaluate((element) => {
      element.scrollTop = 0;
    });
    return message(bob.page, 'message 1.').first().isVisible();
  }, true);
  await until(async () => (await bodies(bob.page).allTextContents()).slice(0, 3), all.slice(0, 3));
  await until(async () => (await bodies(bob.page).count()) <= 301, true);
  await bob.page.getByRole('button', { name: 'To the newest messages' }).click();
  await until(async () => (await bodies(bob.page).allTextContents()).at(-1), 'message 420.');
});

test('a quote leads to what it quotes, however far up, and there is a way back', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  const send = (body, more) => ada.api('POST', 'messages', { recipientId: bob.userId, body, ...more });
  for (let number = 1; number <= 200; number += 1) await send(`message ${number}.`);
  await send('see above', { replyTo: 1 });
  await talkTo(bob, ada);
  await message(bob.page, 'see above')
    .getByRole('button', { name: /In reply to Ada.*message 1\./ })
    .click();
  await expect(message(bob.page, 'message 1.').first()).toBeFocused();
  await until(async () => (await bodies(bob.page).allTextContents())[0], 'message 1.');
  await bob.page.getByRole('button', { name: 'To the newest messages' }).click();
  await until(async () => (await bodies(bob.page).allTextContents()).at(-1), 'see above');
});

test('the server can be called by another name', async (t) => {
  const url = house.url.replace('127.0.0.1', 'localhost');
  const [ada, bob] = [await house.person(t, 'Ada', { url }), await house.person(t, 'Bob')];
  await talkTo(bob, ada);
  await say(bob.page, 'Hello');
  await inList(ada.page, 'Bob').click();
  await composer(bob.page).pressSequentially('more');
  await ada.page.getByText('Bob is typing…').waitFor();
});
