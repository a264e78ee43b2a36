// What files of Postman are made of.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The same for the same name, always. */
export function id(name) {
  const hash = createHash('sha256').update(`chinwag ${name}`).digest('hex');
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

export function script(name) {
  return readFileSync(new URL(`scripts/${name}.js`, import.meta.url), 'utf8').trimEnd();
}

export function event(listen, text) {
  return { listen, script: { type: 'text/javascript', exec: text.split('\n') } };
}

export function auth(type, values) {
  return { type, [type]: Object.entries(values).map(([key, value]) => ({ key, value, type: 'string' })) };
}

export function bearer(token) {
  return auth('bearer', { token });
}
