// Runs the story, stops where it fails, and then sends every request of the collection with what the story left.
// Arguments: the environment file, the server's address, and perhaps `story`, for nothing but that. CHINWAG_USER_POOL_ID names
// the pool in which an administrator, with the AWS CLI's credentials, confirms whom a deployment has mailed a code.

import newman from 'newman';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { REGISTRATIONS } from './story.mjs';

const [file, url, only] = process.argv.slice(2);
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
const has = (name) => environment.values.some(({ key, value }) => key === name && value);

/** After these nobody is signed in, or nobody is there. */
const ENDS = ['POST /v1/password/change', 'POST /v1/sign-out', 'DELETE /v1/users/me'];
const SIGN_IN = 'POST /v1/authenticate';

/** What a local server refuses, whoever asks: nobody has the code or the session, or the account is there already. */
const REFUSED = {
  'POST /v1/authenticate/challenge': 401,
  'POST /v1/authenticate/code': 422,
  'POST /v1/password/reset': 422,
  'POST /v1/register': 409,
  'POST /v1/register/confirm': 422,
  'POST /v1/users/me/mfa/confirm': 422,
};

const route = ({ request }) => `${request.method} /${request.url.path.join('/')}`;

/** Why a request cannot be sent here. */
function missing({ request }) {
  const text = JSON.stringify([request.auth, request.url.path]);
  if (text.includes('{{apiKey}}') && !has('apiKey')) return 'no apiKey';
  if (text.includes('{{awsAccessKeyId}}') && !has('awsAccessKeyId')) return 'no AWS credentials';
  if (text.includes('{{messagingToken}}') && !has('messagingSecret')) return 'no messagingSecret';
  if (!has('outbox') && !request.url.path.includes('v1')) return 'only the local server has it';
  return undefined;
}

let variables = collection.variable;

async function send(items, { bail = false, strict = false }) {
  const failures = [];
  const answered = [];
  const sending = newman.run({
    collection: { ...collection, variable: variables, item: items },
    environment,
    bail,
    timeoutRequest: 30000,
  });
  sending.on('script', (_, { execution }) => {
    variables = execution?.collectionVariables?.values?.toJSON?.() ?? variables;
  });
  sending.on('request', (error, { item, request, response }) => {
    const status = error ? 'no answer' : response.code;
    answered.push(status);
    const expected = REFUSED[route(item)] ?? 'a 2xx';
    if (strict && status !== expected && !(expected === 'a 2xx' && status < 300)) {
      failures.push(`${item.name}: ${status} instead of ${expected}`);
    }
    console.log(`${status} ${request.method} ${request.url.getPath()} (${item.name})`);
  });
  await new Promise((resolve, reject) => {
    sending.once('done', (error, summary) => {
      if (error && !bail) reject(error);
      for (const { source, error: { name, test, message } } of summary.run.failures) {
        // The stop itself is said to be a failure, too.
        if (name !== 'AssertionFailure') failures.push(`${source?.name ?? 'the run'}: ${test ?? name}: ${message}`);
      }
      if (error && failures.length === 0) failures.push(error.message);
      resolve();
    });
  });
  for (const failure of failures) console.error(`postman: failed: ${failure}`);
  if (failures.length > 0) process.exit(1);
  return answered;
}

function keep(key, value) {
  variables = [...variables.filter((variable) => variable.key !== key), { key, value }];
}

function confirm(username) {
  const pool = ['--user-pool-id', userPool, '--username', username];
  execFileSync('aws', ['cognito-idp', 'admin-confirm-sign-up', ...pool], { stdio: 'inherit' });
}

const [story, ...folders] = collection.item;
if (userPool) {
  keep('confirmedElsewhere', 'true');
  await send(story.item.slice(0, REGISTRATIONS), { bail: true });
  const valueOf = (name) => variables.find(({ key }) => key === name).value;
  if (valueOf('confirmed') !== 'true') ['ada', 'bob'].map(valueOf).forEach(confirm);
  keep('confirmed', 'true');
  await send(story.item.slice(REGISTRATIONS), { bail: true });
} else {
  await send([story], { bail: true });
}
if (only === 'story') process.exit();

const all = folders.flatMap(({ item }) => item);
const byRoute = new Map(all.map((item) => [route(item), item]));
const lacking = all.filter(missing);
for (const item of lacking) console.log(`not sent: ${route(item)}: ${missing(item)}`);
const sent = all.filter((item) => !missing(item) && !ENDS.includes(route(item)));
const ends = ENDS.flatMap((name) => [byRoute.get(name), byRoute.get(SIGN_IN)]).slice(0, -1);
const statuses = await send([...sent, ...ends], { strict: has('outbox') });
const good = statuses.filter((status) => status < 300).length;
console.log(`${all.length - lacking.length} of ${all.length} operations sent; ${good} of ${statuses.length} answers are 2xx`);
