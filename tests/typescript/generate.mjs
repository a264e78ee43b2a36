#!/usr/bin/env node
// Writes the TypeScript types of the API, made from api/openapi.json and of the frames from api/asyncapi.json, into
// api/typescript or the folder that is named.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';

const ROOT = new URL('../..', import.meta.url).pathname;
const HEADER = '// Made by tests/typescript/generate.mjs from api/openapi.json and api/asyncapi.json.\n\n';
const contract = read('openapi');
const { messages, schemas } = read('asyncapi').components;

function read(name) {
  return JSON.parse(readFileSync(join(ROOT, `api/${name}.json`), 'utf8'));
}

/** `server.message.created` is `ServerMessageCreated`. */
const typeName = (name) => name.split('.').map((word) => word[0].toUpperCase() + word.slice(1)).join('');

/** What one side sends: each of its frames, and any of them as `name`. */
function frames(name, side) {
  const own = Object.entries(messages).filter(([key]) => key.startsWith(`${side}.`));
  const any = own.map(([key]) => ({ $ref: `#/components/schemas/${typeName(key)}` }));
  const each = own.map(([key, { payload, summary }]) => [typeName(key), { description: summary, ...payload }]);
  return { ...Object.fromEntries(each), [name]: { oneOf: any } };
}

contract.components.schemas = {
  ...schemas,
  ...contract.components.schemas,
  ...frames('ClientFrame', 'client'),
  ...frames('ServerFrame', 'server'),
};
const types = astToString(await openapiTS(contract, { rootTypes: true, rootTypesNoSchemaPrefix: true }));
const folder = process.argv[2] ?? join(ROOT, 'api/typescript');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'contract.d.ts'), HEADER + types);
