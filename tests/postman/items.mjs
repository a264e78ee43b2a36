// A request of the collection with all that belongs to it: what runs before and after it, its text, its examples.

import { contract, operationOf, schemeOf, successesOf } from './document.mjs';
import { examplesOf } from './examples.mjs';
import { event, id, script } from './format.mjs';
import { request } from './request.mjs';

/** What an answer is good for: the variables that it sets, each with where it is in the answer. */
const KEEPS = {
  authenticate: ['accessToken', 'refreshToken', 'challenge', 'session'],
  authenticateChallenge: ['accessToken', 'refreshToken', 'challenge', 'session'],
  authenticateCode: ['accessToken', 'refreshToken'],
  refreshTokens: ['accessToken', 'refreshToken'],
  findUser: ['userId'],
  sendMessage: ['conversationId', 'seq'],
  createGroup: ['groupId'],
  notify: ['traceId'],
};

/** After these the password is the new one. */
const NEW_PASSWORD = ['changePassword', 'resetPassword'];

/** What is refused after the Story as long as nobody fills in what no run can know: with which status, and why. */
const REFUSED = {
  authenticateChallenge: { statuses: [401], why: 'no sign-in waits for the answer to a challenge' },
  authenticateCode: { statuses: [404, 422], why: 'no browser has come back from a hosted sign-in' },
  confirmMfa: { statuses: [422], why: 'no authenticator app has shown this code' },
  confirmRegistration: { statuses: [422], why: 'this is not a code that was mailed' },
  register: { statuses: [409], why: 'the account is there already' },
  resetPassword: { statuses: [422], why: 'this is not the code that was mailed' },
};

for (const name of [...Object.keys(KEEPS), ...NEW_PASSWORD, ...Object.keys(REFUSED)]) operationOf(name);

/** What the environment must have a value of, by the folder and by the authentication of a request. */
const FOLDER_NEEDS = { Local: 'outbox' };
const SCHEME_NEEDS = { apiKey: 'apiKey', awsSignature: 'awsAccessKeyId' };

/** What runs before a request: it is not sent where the environment lacks what it needs. */
function before(operation) {
  const scheme = schemeOf(operation);
  const [tag] = operation.tags;
  return [
    `pm.variables.set('operation', '${operation.operationId}');`,
    ...(tag in FOLDER_NEEDS ? [skipWithout(FOLDER_NEEDS[tag])] : []),
    ...(scheme in SCHEME_NEEDS ? [skipWithout(SCHEME_NEEDS[scheme])] : []),
    ...(scheme === 'messagingToken' ? [script('messaging-token')] : []),
  ];
}

export function skipWithout(variable) {
  return `if (!pm.variables.get('${variable}')) pm.execution.skipRequest();`;
}

function item(key, { name, description, made, prerequests, tests, examples }) {
  return {
    id: id(key),
    name,
    event: [event('prerequest', prerequests.join('\n')), event('test', tests.join('\n'))],
    request: { ...made, description },
    response: examples,
  };
}

function quoted(text) {
  return `'${text.replaceAll("'", "\\'")}'`;
}

/** The test that an operation is answered with a success, or refused as it may be. */
function succeeds(operation) {
  const successes = successesOf(operation);
  const { statuses = [], why } = REFUSED[operation.operationId] ?? {};
  const undocumented = statuses.find((status) => !operation.responses[status]);
  if (undocumented) throw new Error(`${operation.operationId}: the document has no ${undocumented}`);
  const refused = why ? `, or refused with ${statuses.join(' or ')}: ${why}` : '';
  const allowed = [...successes, ...statuses].join(', ');
  return [
    `pm.test(${quoted(`It is answered with ${successes.join(' or ')}${refused}`)}, () => {`,
    `  pm.expect(pm.response.code, pm.response.text()).to.be.oneOf([${allowed}]);`,
    '});',
  ].join('\n');
}

/** What an answer is good for. */
function keeping({ operationId }) {
  if (NEW_PASSWORD.includes(operationId)) {
    return ["if (pm.response.code === 204) pm.collectionVariables.set('password', pm.variables.get('newPassword'));"];
  }
  const kept = KEEPS[operationId];
  if (!kept) return [];
  return [
    'if (pm.response.code < 300) {',
    '  const answer = pm.response.json();',
    `  for (const name of [${kept.map(quoted).join(', ')}]) {`,
    '    if (answer[name] !== undefined) pm.collectionVariables.set(name, answer[name]);',
    '  }',
    '}',
  ];
}

function authenticationText(operation) {
  const scheme = schemeOf(operation);
  if (!scheme) return 'Nobody has to be signed in.';
  const { description } = contract.components.securitySchemes[scheme];
  return `Authentication: \`${scheme}\`. ${description}`;
}

function description(operation) {
  const { operationId, summary, description: text = `${summary}.` } = operation;
  const kept = KEEPS[operationId] ?? (NEW_PASSWORD.includes(operationId) ? ['password'] : []);
  const refused = REFUSED[operationId];
  return [
    text,
    authenticationText(operation),
    ...(kept.length > 0 ? [`Sets ${kept.map((name) => `\`${name}\``).join(', ')} for the requests that follow.`] : []),
    ...(refused ? [`As it stands it is refused with ${refused.statuses.join(' or ')}: ${refused.why}.`] : []),
  ].join('\n\n');
}

export function folderItem(operation, { key = operation.operationId, name = operation.summary } = {}) {
  const made = request(operation);
  return item(key, {
    name,
    description: description(operation),
    made,
    prerequests: before(operation),
    tests: [succeeds(operation), ...keeping(operation)],
    examples: examplesOf(operation, made),
  });
}

export function storyItem(step) {
  const operation = operationOf(step.operation);
  const made = request(operation, step);
  return item(`story ${step.name}`, {
    name: step.name,
    description: `Answered with ${step.status}. ${step.expect}.`,
    made,
    prerequests: [...before(operation), ...(step.before ? [step.before] : [])],
    tests: [
      `pm.test(${quoted(step.expect)}, () => {`,
      `  pm.expect(pm.response.code, pm.response.text()).to.equal(${step.status});`,
      ...(step.test ?? '').split('\n').filter(Boolean).map((line) => `  ${line}`),
      '});',
    ],
    examples: examplesOf(operation, made).filter(({ code }) => code === step.status),
  });
}
