#!/usr/bin/env node
// Writes the Postman collection and its environments, made from api/openapi.json, into api/postman or the folder that is named.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { story } from './story.mjs';

const ROOT = new URL('../..', import.meta.url).pathname;
const METHODS = ['post', 'put', 'get', 'patch', 'delete'];
const contract = JSON.parse(readFileSync(join(ROOT, 'api/openapi.json'), 'utf8'));

/** What the requests name, with the values that they begin with. */
const VARIABLES = {
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

const ENVIRONMENTS = {
  local: {
    baseUrl: 'http://127.0.0.1:8080',
    outbox: 'true',
    mailDomain: 'example.com',
    apiKey: ['local-api-key'],
    messagingSecret: ['local-messaging-api-secret-0123456789'],
    awsAccessKeyId: ['local'],
    awsSecretAccessKey: ['local'],
    awsSessionToken: [''],
    awsRegion: 'us-east-1',
  },
  deployed: {
    baseUrl: 'https://abcdefghij.execute-api.eu-west-1.amazonaws.com',
    outbox: '',
    mailDomain: '',
    apiKey: [''],
    messagingSecret: [''],
    awsAccessKeyId: [''],
    awsSecretAccessKey: [''],
    awsSessionToken: [''],
    awsRegion: 'eu-west-1',
  },
};

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

function auth(type, values) {
  return { type, [type]: Object.entries(values).map(([key, value]) => ({ key, value, type: 'string' })) };
}

function bearer(token) {
  return auth('bearer', { token });
}

/** The same for the same name, always. */
function id(name) {
  const hash = createHash('sha256').update(`chinwag ${name}`).digest('hex');
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

function script(name) {
  return readFileSync(new URL(`scripts/${name}.js`, import.meta.url), 'utf8').trimEnd();
}

function event(listen, text) {
  return { listen, script: { type: 'text/javascript', exec: text.split('\n') } };
}

function resolve(value) {
  return value?.$ref ? value.$ref.slice(2).split('/').reduce((at, key) => at[key], contract) : value;
}

/** A JSON Schema as Postman checks it: without prose, and its references within itself. */
function schema(value) {
  if (Array.isArray(value)) return value.map(schema);
  if (typeof value !== 'object' || value === null) return value;
  const kept = {};
  for (const [key, inner] of Object.entries(value)) {
    if (['description', 'example', 'examples', 'title', 'default'].includes(key)) continue;
    if (key === '$ref') continue;
    if (key === 'properties') kept.properties = mapValues(inner, schema);
    else if (['const', 'enum', 'required'].includes(key)) kept[key] = inner;
    else kept[key] = schema(inner);
  }
  if (!value.$ref) return kept;
  // What stands beside a reference counts in OpenAPI 3.1, and is ignored by what Postman checks with.
  const reference = { $ref: value.$ref.replace('#/components/schemas/', '#/definitions/') };
  return Object.keys(kept).length > 0 ? { allOf: [reference, kept] } : reference;
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** The codes of a problem. */
function codes(value) {
  return (value.allOf ?? []).flatMap((part) => part.properties?.code?.enum ?? []);
}

/** What the document says of the answers of an operation, by status and content type. */
function answers(operation) {
  return mapValues(operation.responses, (response) =>
    mapValues(resolve(response).content ?? {}, ({ schema: body }, type) =>
      codes(body).length > 0 ? { codes: codes(body) } : { schema: schema(body) },
    ),
  );
}

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ ...item[method], method: method.toUpperCase(), path })),
  );
}

const operations = operationsOf(contract);
const tags = new Set(contract.tags.map(({ name }) => name));
for (const { operationId, tags: [first] = [] } of operations) {
  if (!tags.has(first)) throw new Error(`${operationId}: no folder, for its tag is not among those of the document`);
}
const byId = Object.fromEntries(operations.map((operation) => [operation.operationId, operation]));

/** The values that examples have for what is named in paths: they become variables in bodies, too. */
const named = new Map();
for (const { name, example, in: place } of operations.flatMap(({ parameters = [] }) => parameters.map(resolve))) {
  if (place !== 'path') continue;
  VARIABLES[name] ??= String(example);
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

function parametersIn(operation, place) {
  return (operation.parameters ?? []).map(resolve).filter((parameter) => parameter.in === place);
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
  const [required] = operation.security ?? [];
  if (!required) return { type: 'noauth' };
  const [scheme] = Object.keys(required);
  if (!(scheme in AUTHENTICATION)) throw new Error(`${operation.operationId}: no authentication for ${scheme}`);
  return AUTHENTICATION[scheme];
}

/** A request: an operation as it is in the document, or as a step of the story has it. */
function request(operation, step = {}) {
  const sent = body(operation, step.body);
  const authenticated = step.as ? bearer(`{{${step.as}Token}}`) : authentication(operation);
  const headers = parametersIn(operation, 'header').map(({ name, example, description }) => ({
    key: name,
    value: example,
    description,
    disabled: true,
  }));
  if (sent) headers.unshift({ key: 'Content-Type', value: 'application/json' });
  const [scheme] = Object.keys(operation.security?.[0] ?? {});
  const before = [
    `pm.variables.set('operation', '${operation.operationId}');`,
    ...(scheme === 'messagingToken' ? [script('messaging-token')] : []),
    ...(step.before ? [step.before] : []),
  ];
  return {
    events: before.map((text) => event('prerequest', text)),
    request: {
      method: operation.method,
      header: headers,
      ...(authenticated ? { auth: authenticated } : {}),
      ...(sent ? { body: sent } : {}),
      url: url(operation, step),
      description: step.name ? undefined : [operation.description, security(scheme)].filter(Boolean).join('\n\n'),
    },
  };
}

function security(scheme) {
  if (!scheme) return 'Nobody has to be signed in.';
  const { description } = contract.components.securitySchemes[scheme];
  return `Authentication: \`${scheme}\`.${description ? ` ${description}` : ''}`;
}

function item(name, key, { events, request: made }, tests) {
  const joined = ['prerequest', 'test'].map((listen) => {
    const texts = events.filter((one) => one.listen === listen).map((one) => one.script.exec.join('\n'));
    return listen === 'test' ? tests : texts.join('\n');
  });
  return {
    id: id(key),
    name,
    event: [event('prerequest', joined[0]), ...(joined[1] ? [event('test', joined[1])] : [])],
    request: made,
    response: [],
  };
}

function keeping(operation) {
  const kept = KEEPS[operation.operationId];
  if (operation.operationId === 'changePassword') {
    return "if (pm.response.code === 204) pm.collectionVariables.set('password', pm.variables.get('newPassword'));";
  }
  if (!kept) return '';
  return [
    'if (pm.response.code < 300) {',
    '  const answer = pm.response.json();',
    `  for (const name of ${JSON.stringify(kept).replaceAll('"', "'").replaceAll(',', ', ')}) {`,
    '    if (answer[name] !== undefined) pm.collectionVariables.set(name, answer[name]);',
    '  }',
    '}',
  ].join('\n');
}

function storyItem(step) {
  const operation = byId[step.operation];
  if (!operation) throw new Error(`the story has '${step.operation}', which the document has not`);
  const test = [
    `pm.test('${step.expect.replaceAll("'", "\\'")}', () => {`,
    `  pm.expect(pm.response.code, pm.response.text()).to.equal(${step.status});`,
    ...(step.test ?? '').split('\n').filter(Boolean).map((line) => `  ${line}`),
    '});',
  ].join('\n');
  return item(step.name, `story ${step.name}`, request(operation, step), test);
}

/** In an order in which they can be sent one after the other: what deletes comes last, what is inside first. */
function inOrder(list) {
  return [...list.filter(({ method }) => method !== 'DELETE'), ...list.filter(({ method }) => method === 'DELETE').reverse()];
}

function folder(tag) {
  const own = inOrder(operations.filter(({ tags: [first] }) => first === tag.name));
  return {
    id: id(`folder ${tag.name}`),
    name: tag.name,
    description: tag.description,
    item: own.map((operation) => item(operation.summary, operation.operationId, request(operation), keeping(operation))),
  };
}

function table(name, values) {
  const rows = Object.entries(values).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return [`const ${name} = {`, ...rows, '};'].join('\n');
}

function collection() {
  const checks = [
    table('definitions', mapValues(contract.components.schemas, schema)),
    table('operations', mapValues(byId, answers)),
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
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value })),
    item: [
      {
        id: id('folder Story'),
        name: 'Story',
        description:
          'From the registration of two people to their signing out. Run the folder as a whole, as often as you like: each ' +
          'run has people of its own.\n\nWhere a registration has to be confirmed, the codes are read in the outbox of the ' +
          'local server. A deployment sends them by mail: then the run stops, and says how it can go on.',
        item: story.map(storyItem),
      },
      ...contract.tags.map(folder),
    ],
  };
}

function environment(name) {
  const values = Object.entries(ENVIRONMENTS[name]).map(([key, value]) =>
    Array.isArray(value)
      ? { key, value: value[0], type: 'secret', enabled: true }
      : { key, value, type: 'default', enabled: true },
  );
  return { id: id(`environment ${name}`), name: `Chinwag ${name}`, values, _postman_variable_scope: 'environment' };
}

const target = process.argv[2] ?? join(ROOT, 'api/postman');
mkdirSync(target, { recursive: true });
const write = (name, value) => writeFileSync(join(target, name), `${JSON.stringify(value, null, 2)}\n`);
write('chinwag.postman_collection.json', collection());
for (const name of Object.keys(ENVIRONMENTS)) write(`${name}.postman_environment.json`, environment(name));
