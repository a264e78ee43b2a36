import { after, before, test } from 'node:test';
import { expect, until } from './support/expect.js';
import { notify } from './support/gateway.js';
import { openHouse } from './support/house.js';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

test('a notification is shown, kept, and confirmed once', async (t) => {
  const ada = await house.person(t, 'Ada');
  const confirmed = [];
  ada.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const { action, messageId } = JSON.parse(String(payload));
      if (action === 'received') confirmed.push(messageId);
    }),
  );
  await ada.page.reload();
  await ada.page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  await notify(house.url, { userId: ada.userId, message: { title: 'Parcel', text: 'It is at the door. <b>Now</b>' } });
  await ada.page.getByText('It is at the door. <b>Now</b>').waitFor();
  await until(async () => confirmed.length, 1);

  await ada.page.reload();
  await ada.page.getByRole('button', { name: 'Notifications, 1 unread' }).click();
  await expect(ada.page.getByRole('dialog').getByRole('listitem').locator('strong')).toRead(['Parcel']);
  await ada.page.keyboard.press('Escape');
  await ada.page.getByRole('button', { name: 'Notifications', exact: true }).waitFor();
});

test('what was told while one was away comes on return, in order', async (t) => {
  const ada = await house.person(t, 'Ada');
  await ada.page.goto('about:blank');
  for (const message of ['first', 'second']) await notify(house.url, { userId: ada.userId, message });
  await ada.page.goto(house.url);
  await ada.page.getByRole('button', { name: 'Notifications, 2 unread' }).click();
  await expect(ada.page.getByRole('dialog').locator('.notice .body')).toRead(['second', 'first']);
});
