// api/openapi.json: its operations, what it says of their answers, and its JSON Schemas as Postman checks them.

import { readFileSync } from 'node:fs';

const METHODS = ['post', 'put', 'get', 'patch', 'delete'];

export const contract = JSON.parse(readFileSync(new URL('../../api/openapi.json', import.meta.url), 'utf8'));

export function resolve(value) {
  return value?.$ref ? value.$ref.slice(2).split('/').reduce((at, key) => at[key], contract) : value;
}

export function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

export const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => ({ ...item[method], method: method.toUpperCase(), path })),
);

const tags = new Set(contract.tags.map(({ name }) => name));
for (const { operationId, tags: [first] = [] } of operations) {
  if (!tags.has(first)) throw new Error(`${operationId}: no folder, for its tag is not among those of the document`);
}

const byId = new Map(operations.map((operation) => [operation.operationId, operation]));

export function operationOf(id) {
  if (!byId.has(id)) throw new Error(`the document has no operation '${id}'`);
  return byId.get(id);
}

export function parametersIn(operation, place) {
  return (operation.parameters ?? []).map(resolve).filter((parameter) => parameter.in === place);
}

/** The name of the security scheme that an operation asks for, if any. */
export function schemeOf({ security: [required = {}] = [] }) {
  return Object.keys(required)[0];
}

export function successesOf(operation) {
  return Object.keys(operation.responses).map(Number).filter((status) => status < 300);
}

/** What a JSON Schema says in prose, or only to those who make code of it. */
const NOT_CHECKED = ['default', 'description', 'discriminator', 'example', 'examples', 'title'];

/** A JSON Schema as Postman checks it: its references lead to `definitions`. */
function schema(value) {
  if (Array.isArray(value)) return value.map(schema);
  if (typeof value !== 'object' || value === null) return value;
  const kept = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' || NOT_CHECKED.includes(key)) continue;
    if (key === 'properties') kept.properties = mapValues(inner, schema);
    else if (['const', 'enum', 'required'].includes(key)) kept[key] = inner;
    else kept[key] = schema(inner);
  }
  if (!value.$ref) return kept;
  // What stands beside a reference counts in OpenAPI 3.1, and is ignored by what Postman checks with.
  const reference = { $ref: value.$ref.replace('#/components/schemas/', '#/definitions/') };
  return Object.keys(kept).length > 0 ? { allOf: [reference, kept] } : reference;
}

export function definitions() {
  return mapValues(contract.components.schemas, schema);
}

/** What an answer of an operation may be, by status and content type; of a problem, the codes that it may have. */
export function answersOf(operation) {
  return mapValues(operation.responses, (response) =>
    mapValues(resolve(response).content ?? {}, (media, type) => ({
      schema: schema(media.schema),
      ...(type === 'application/problem+json' ? { codes: Object.keys(media.examples) } : {}),
    })),
  );
}
