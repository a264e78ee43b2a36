// Sends every request of the collection, in its order, and fails where a test does.
// Arguments: the environment file and the server's address. CHINWAG_USER_POOL_ID names the pool in which an administrator, with
// the AWS CLI's credentials, confirms whom a deployment has mailed a code.

import newman from 'newman';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { REGISTRATIONS } from './story.mjs';

const [file, url] = process.argv.slice(2);
const FOLDER = new URL('../../api/postman/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
const collection = read('chinwag.postman_collection.json');
const environment = read(file);

/** What a deployment's environment has no value for comes from here. */
const GIVEN = {
  apiKey: process.env.CHINWAG_API_KEY,
  messagingSecret: process.env.CHINWAG_MESSAGING_API_SECRET,
  awsAccessKeyId: process.env.CHINWAG_CALLER_ACCESS_KEY_ID,
  awsSecretAccessKey: process.env.CHINWAG_CALLER_SECRET_ACCESS_KEY,
  awsSessionToken: process.env.CHINWAG_CALLER_SESSION_TOKEN,
  awsRegion: process.env.CHINWAG_CALLER_REGION,
  mailDomain: process.env.CHINWAG_MAIL_DOMAIN,
  baseUrl: url,
};
const userPool = process.env.CHINWAG_USER_POOL_ID;
for (const variable of environment.values) variable.value = GIVEN[variable.key] ?? variable.value;

let variables = collection.variable;

async function send(folders) {
  const unsent = new Map(folders.flatMap(({ item: items }) => items).map((item) => [item.id, item]));
  const sending = newman.run({
    collection: { ...collection, variable: variables, item: folders },
    environment,
    timeoutRequest: 30000,
  });
  sending.on('script', (_, { execution }) => {
    variables = execution?.collectionVariables?.values?.toJSON?.() ?? variables;
  });
  sending.on('request', (error, { item, request, response }) => {
    unsent.delete(item.id);
    console.log(`${error ? 'no answer' : response.code} ${request.method} ${request.url.getPath()} (${item.name})`);
  });
  const { stats, failures } = await new Promise((resolve, reject) => {
    sending.once('done', (error, summary) => (error ? reject(error) : resolve(summary.run)));
  });
  for (const { name } of unsent.values()) console.log(`not sent: ${name}`);
  for (const { source, error: { name, test, message } } of failures) {
    console.error(`postman: failed: ${source?.name ?? 'the run'}: ${test ?? name}: ${message}`);
  }
  if (failures.length > 0) process.exit(1);
  console.log(`${stats.requests.total} of ${stats.items.total} requests sent, ${stats.assertions.total} tests passed`);
}

function keep(key, value) {
  variables = [...variables.filter((variable) => variable.key !== key), { key, value }];
}

function confirm(username) {
  const pool = ['--user-pool-id', userPool, '--username', username];
  execFileSync('aws', ['cognito-idp', 'admin-confirm-sign-up', ...pool], { stdio: 'inherit' });
}

if (userPool) {
  const [story, ...folders] = collection.item;
  keep('confirmedElsewhere', 'true');
  await send([{ ...story, item: story.item.slice(0, REGISTRATIONS) }]);
  const valueOf = (name) => variables.find(({ key }) => key === name).value;
  if (valueOf('confirmed') !== 'true') ['ada', 'bob'].map(valueOf).forEach(confirm);
  keep('confirmed', 'true');
  await send([{ ...story, item: story.item.slice(REGISTRATIONS) }, ...folders]);
} else {
  await send(collection.item);
}
