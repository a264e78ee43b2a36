#!/usr/bin/env node
// Writes the Postman collection and its environments, made from api/openapi.json, into api/postman or the folder that is named.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersOf, contract, definitions, operationOf, operations } from './document.mjs';
import { environments } from './environments.mjs';
import { bearer, event, id, script } from './format.mjs';
import { folderItem, skipWithout, storyItem } from './items.mjs';
import { variables } from './request.mjs';
import { story } from './story.mjs';

/** What others cannot be sent after, and the sign-ins that are needed in between. */
const ENDINGS = [
  { operationId: 'deleteMessage' },
  { operationId: 'deleteGroup' },
  { operationId: 'changePassword' },
  { operationId: 'authenticate', name: 'Sign in with the new password' },
  { operationId: 'signOut' },
  { operationId: 'authenticate', name: 'Sign in once more' },
  { operationId: 'deleteAccount' },
];
const ENDS = ENDINGS.filter(({ name }) => !name).map(({ operationId }) => operationId);

/** The folders that come first: nobody can send a message who is not signed in, or to a group that is not there. */
const FIRST = ['Sign-in', 'Accounts', 'Users', 'Groups'];

/** In an order in which they can be sent one after the other: what deletes comes last, what is inside first. */
function inOrder(list) {
  return [...list.filter(({ method }) => method !== 'DELETE'), ...list.filter(({ method }) => method === 'DELETE').reverse()];
}

function folder(name, description, items, prerequest) {
  return {
    id: id(`folder ${name}`),
    name,
    description,
    ...(prerequest ? { event: [event('prerequest', prerequest)] } : {}),
    item: items,
  };
}

function folderOf({ name, description }) {
  const own = operations.filter(({ operationId, tags: [first] }) => first === name && !ENDS.includes(operationId));
  return folder(name, description, inOrder(own).map((operation) => folderItem(operation)));
}

function endings() {
  return folder(
    'Deletions, password change, sign-out',
    'What other requests cannot be sent after. Run as a whole, it changes the password of whoever is signed in, and deletes ' +
      'the account for good.',
    ENDINGS.map(({ operationId, name }) => folderItem(operationOf(operationId), { key: name && `endings ${name}`, name })),
  );
}

function table(name, values) {
  const rows = Object.entries(values).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return [`const ${name} = {`, ...rows, '};'].join('\n');
}

function collection() {
  const checks = [
    table('definitions', definitions()),
    table('operations', Object.fromEntries(operations.map((operation) => [operation.operationId, answersOf(operation)]))),
    script('contract'),
  ].join('\n');
  return {
    info: {
      _postman_id: id('collection'),
      name: contract.info.title,
      description: `${contract.info.summary}\n\n${contract.info.description}`,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: bearer('{{accessToken}}'),
    event: [event('test', checks)],
    variable: Object.entries(variables).map(([key, value]) => ({ key, value })),
    item: [
      folder(
        'Story',
        'From the registration of two people to their signing out; then one of them signs in again, for the other folders. ' +
          'Run the folder as a whole, as often as you like: each run has people of its own.\n\n' +
          'Where a registration has to be confirmed, the codes are read in the outbox of the local server. A deployment ' +
          'sends them by mail: then the run stops, and says how it can go on. Where the environment has no `mailDomain`, ' +
          'nothing of it is sent.',
        story.map(storyItem),
        skipWithout('mailDomain'),
      ),
      ...contract.tags.toSorted((a, b) => FIRST.includes(b.name) - FIRST.includes(a.name)).map(folderOf),
      endings(),
    ],
  };
}

const target = process.argv[2] ?? new URL('../../api/postman', import.meta.url).pathname;
mkdirSync(target, { recursive: true });
const write = (name, value) => writeFileSync(join(target, name), `${JSON.stringify(value, null, '\t')}\n`);
write('chinwag.postman_collection.json', collection());
for (const [name, environment] of Object.entries(environments)) write(`${name}.postman_environment.json`, environment);
