import { after, before, test } from 'node:test';
import { act, bodies, composer, inList, log, makeGroup, message, say, talkTo } from './support/acts.js';
import { expect, until } from './support/expect.js';
import { openHouse } from './support/house.js';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

const changes = (page) => log(page).locator('.change');
const openGroup = async ({ page }) => {
  await page.getByRole('button', { name: 'Members and settings' }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
  return page.getByRole('dialog');
};

test('three people, their roles, a new name, and one who is removed', async (t) => {
  const [ada, bob, eve] = [await house.person(t, 'Ada'), await house.person(t, 'Bob'), await house.person(t, 'Eve')];
  await makeGroup(ada, 'Chess club', [bob, eve]);
  await say(ada.page, 'Welcome');
  for (const { page } of [bob, eve]) {
    await inList(page, 'Chess club').click();
    await expect(bodies(page)).toRead(['Welcome']);
  }
  await until(() => bob.page.getByRole('button', { name: 'Delete', exact: true }).count(), 0);

  const dialog = await openGroup(ada);
  await dialog.getByLabel('Role of Bob').selectOption('admin');
  await changes(eve.page).filter({ hasText: 'Ada made Bob an admin' }).waitFor();
  await dialog.getByLabel('Name', { exact: true }).fill('Chess & cake');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await eve.page.getByRole('heading', { name: 'Chess & cake', level: 2 }).waitFor();
  await inList(bob.page, 'Chess & cake').waitFor();
  await ada.page.keyboard.press('Escape');

  await say(eve.page, 'Castling is cheating');
  await act(bob.page, 'Castling is cheating', 'Delete');
  await bob.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(bodies(eve.page)).toRead(['Welcome', 'Message deleted']);

  const bobs = await openGroup(bob);
  await until(() => bobs.getByRole('button', { name: 'Remove Ada' }).count(), 0);
  await bobs.getByRole('button', { name: 'Remove Eve' }).click();
  await eve.page.getByText('“Chess & cake” no longer has you as a member.').waitFor();
  await until(() => inList(eve.page, 'Chess & cake').count(), 0);
  await changes(ada.page).filter({ hasText: 'Bob removed Eve' }).waitFor();
});

test('someone is added later, leaves, and the last owner cannot', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  ada.page.expected = /40[49]/;
  await makeGroup(ada, 'Readers', []);
  await say(ada.page, 'Alone');
  const dialog = await openGroup(ada);
  await dialog.getByLabel('Add someone').fill('nobody-at-all');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByText('Nobody is called nobody-at-all.').waitFor();
  await dialog.getByLabel('Add someone').fill(bob.username);
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByText('Bob').waitFor();
  await inList(bob.page, 'Readers').click();
  await changes(bob.page).filter({ hasText: 'Ada added you' }).waitFor();
  await expect(bodies(bob.page)).toRead([]);

  await dialog.getByRole('button', { name: 'Leave group' }).click();
  await ada.page.getByRole('dialog', { name: 'Leave this group?' }).getByRole('button', { name: 'Leave' }).click();
  await ada.page.getByText('A group needs an owner. Make somebody else owner first.').waitFor();

  await openGroup(bob);
  await bob.page.getByRole('button', { name: 'Leave group' }).click();
  await bob.page.getByRole('dialog', { name: 'Leave this group?' }).getByRole('button', { name: 'Leave' }).click();
  await until(() => inList(bob.page, 'Readers').count(), 0);
  await changes(ada.page).filter({ hasText: 'Bob left' }).waitFor();
});

test('a deleted group goes, and says so', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await makeGroup(ada, 'Short lived', [bob]);
  await inList(bob.page, 'Short lived').click();
  await composer(bob.page).waitFor();
  await openGroup(ada);
  await ada.page.getByRole('button', { name: 'Delete group' }).click();
  await ada.page
    .getByRole('dialog', { name: 'Delete “Short lived”?' })
    .getByRole('button', { name: 'Delete group' })
    .click();
  await bob.page.getByText('“Short lived” was deleted.').waitFor();
  await until(() => inList(ada.page, 'Short lived').count(), 0);
});

test('an open group is found and joined', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await makeGroup(ada, 'Everybody in', [], 'open');
  await bob.page.getByRole('button', { name: 'New conversation' }).click();
  await bob.page.getByRole('button', { name: 'Look at Everybody in' }).click();
  await bob.page.getByRole('button', { name: 'Join' }).click();
  await say(bob.page, 'Here I am');
  await expect(bodies(ada.page)).toRead(['Here I am']);
  await changes(ada.page).filter({ hasText: 'Bob joined' }).waitFor();
});

test('a block hides, an unblock shows, and the blocked one is told', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  bob.page.expected = /403/;
  await makeGroup(ada, 'Both', [bob]);
  await inList(bob.page, 'Both').click();
  await say(bob.page, 'Look at me');
  await expect(bodies(ada.page)).toRead(['Look at me']);

  await talkTo(ada, bob);
  await ada.page.getByRole('button', { name: 'Block', exact: true }).click();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await ada.page.getByText('You have blocked Bob.').waitFor();
  await inList(ada.page, 'Both').click();
  await changes(ada.page).first().waitFor();
  await expect(bodies(ada.page)).toRead([]);

  await talkTo(bob, ada);
  await say(bob.page, 'Why?');
  await bob.page.getByText('Not sent. A block stands between you and this person.').waitFor();

  await ada.page.getByRole('button', { name: 'Settings', exact: true }).click();
  await ada.page.getByRole('button', { name: 'Unblock Bob' }).click();
  await ada.page.getByText('Nobody.').waitFor();
  await ada.page.keyboard.press('Escape');
  await expect(bodies(ada.page)).toRead(['Look at me']);

  await bob.page.getByRole('button', { name: 'Try again' }).click();
  await message(bob.page, 'Why?').getByText('Not sent').waitFor({ state: 'detached' });
  await inList(ada.page, /Why\?/).waitFor();
});

test('everybody meets in the lobby', async (t) => {
  const [ada, bob] = [await house.person(t, 'Ada'), await house.person(t, 'Bob')];
  await inList(ada.page, 'Lobby').click();
  await composer(ada.page).waitFor();
  await inList(bob.page, 'Lobby').click();
  await changes(ada.page).filter({ hasText: 'Bob joined' }).waitFor();
  await say(bob.page, 'Anyone here?');
  await expect(bodies(ada.page)).toRead(['Anyone here?']);
});
