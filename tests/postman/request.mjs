// A request of the collection, made from an operation of the document.

import { parametersIn, operations, resolve, schemeOf } from './document.mjs';
import { auth, bearer } from './format.mjs';

/** What the requests name, with the values that they begin with. */
export const variables = {
  baseUrl: 'http://127.0.0.1:8080',
  username: 'ada',
  password: 'Correct-Horse-1',
  newPassword: 'Correct-Horse-2',
  email: 'ada@example.com',
  peerUsername: 'bob',
  accessToken: '',
  refreshToken: '',
  challenge: 'SOFTWARE_TOKEN_MFA',
  session: '',
  messagingToken: '',
};

/** Members of an example body that are variables, whatever their value is. */
const MEMBERS = ['username', 'password', 'newPassword', 'email', 'refreshToken', 'challenge', 'session'];

/** How a request is authenticated, by the security scheme; without a value, as the collection is. */
const AUTHENTICATION = {
  accessToken: undefined,
  messagingToken: bearer('{{messagingToken}}'),
  apiKey: auth('apikey', { key: 'x-api-key', value: '{{apiKey}}', in: 'header' }),
  awsSignature: auth('awsv4', {
    accessKey: '{{awsAccessKeyId}}',
    secretKey: '{{awsSecretAccessKey}}',
    sessionToken: '{{awsSessionToken}}',
    region: '{{awsRegion}}',
    service: 'execute-api',
  }),
};

/** The values that examples have for what is named in paths: they become variables in bodies, too. */
const named = new Map();
for (const { name, example } of operations.flatMap((operation) => parametersIn(operation, 'path'))) {
  variables[name] ??= String(example);
  if (typeof example === 'string') named.set(example, `{{${name}}}`);
}

/** An example body with variables in it. */
function withVariables(value, key) {
  if (Array.isArray(value)) return value.map((inner) => withVariables(inner));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withVariables(inner, name)]));
  }
  if (key === 'clientMessageId') return '{{$guid}}';
  if (MEMBERS.includes(key)) return `{{${key}}}`;
  return named.get(value) ?? value;
}

function body(operation, given) {
  const content = resolve(operation.requestBody)?.content['application/json'];
  if (!content) return undefined;
  let example = given ?? withVariables(content.example);
  if (!given && operation.operationId === 'resetPassword') example = { ...example, password: '{{newPassword}}' };
  return { mode: 'raw', raw: JSON.stringify(example, null, 2), options: { raw: { language: 'json' } } };
}

function query(operation, given = {}) {
  return parametersIn(operation, 'query').map(({ name, required, description, example }) => ({
    key: name,
    value: given[name] ?? (name === 'username' ? '{{peerUsername}}' : String(example)),
    description,
    ...(required || name in given ? {} : { disabled: true }),
  }));
}

function url(operation, step) {
  const segments = operation.path.slice(1).split('/').map((segment) => segment.replace(/^\{(.*)\}$/, ':$1'));
  const search = query(operation, step.query);
  const variable = parametersIn(operation, 'path').map(({ name, description }) => ({
    key: name,
    value: step.path?.[name] ?? `{{${name}}}`,
    description,
  }));
  const sent = search.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
  return {
    raw: `{{baseUrl}}/${segments.join('/')}${sent.length > 0 ? `?${sent.join('&')}` : ''}`,
    host: ['{{baseUrl}}'],
    path: segments,
    ...(search.length > 0 ? { query: search } : {}),
    ...(variable.length > 0 ? { variable } : {}),
  };
}

function authentication(operation) {
  const scheme = schemeOf(operation);
  if (!scheme) return { type: 'noauth' };
  if (!(scheme in AUTHENTICATION)) throw new Error(`${operation.operationId}: no authentication for ${scheme}`);
  return AUTHENTICATION[scheme];
}

/** A request: an operation as it is in the document, or as a step of the story has it. */
export function request(operation, step = {}) {
  const sent = body(operation, step.body);
  const authenticated = step.as ? bearer(`{{${step.as}Token}}`) : authentication(operation);
  const headers = parametersIn(operation, 'header').map(({ name, example, description }) => ({
    key: name,
    value: example,
    description,
    disabled: true,
  }));
  if (sent) headers.unshift({ key: 'Content-Type', value: 'application/json' });
  return {
    method: operation.method,
    header: headers,
    ...(authenticated ? { auth: authenticated } : {}),
    ...(sent ? { body: sent } : {}),
    url: url(operation, step),
  };
}
