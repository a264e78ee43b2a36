// Holds api/asyncapi.json against AsyncAPI's own schema and rules.

import { Parser } from '@asyncapi/parser';
import { readFileSync } from 'node:fs';

// What is no error is advice, and what AsyncAPI recommends is a matter of taste.
const ERROR = 0;

const text = readFileSync(new URL('../../api/asyncapi.json', import.meta.url), 'utf8');
const { document, diagnostics } = await new Parser().parse(text);
const errors = diagnostics.filter(({ severity }) => severity === ERROR);
for (const { message, path } of errors) console.error(`asyncapi: ${path.join('/')}: ${message}`);
if (errors.length > 0) process.exit(1);
console.log(`asyncapi.json: OK, ${document.allMessages().length} messages`);
