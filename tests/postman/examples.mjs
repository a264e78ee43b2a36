// The answers that the document has an example of, as the saved responses of a request.

import { STATUS_CODES } from 'node:http';
import { resolve } from './document.mjs';

/** The bodies that an answer may have, each with its name. */
function bodiesOf({ content, description }) {
  if (!content) return [{ name: description, body: '' }];
  return Object.entries(content).flatMap(([type, { example, examples = {} }]) => {
    const named = Object.entries(examples).map(([name, one]) => [name, resolve(one).value]);
    if (example !== undefined) named.push([description, example]);
    return named.map(([name, value]) => ({ name, type, body: JSON.stringify(value, null, 2) }));
  });
}

function headersOf(headers = {}) {
  return Object.entries(headers).map(([key, header]) => ({ key, value: String(resolve(header).example) }));
}

/** Where the request goes, with variables in its path: by method and URL a mock server finds an example. */
function addressOf({ method, url }) {
  const valueOf = (segment) => url.variable?.find(({ key }) => `:${key}` === segment)?.value ?? segment;
  const [, search] = url.raw.split('?');
  return { method, url: [[...url.host, ...url.path.map(valueOf)].join('/'), search].filter(Boolean).join('?') };
}

/** The request of an example. A refusal has none of the body, which would not be refused. */
function original(request, code) {
  if (!request.body || code >= 400) return addressOf(request);
  return { ...addressOf(request), header: request.header.filter(({ disabled }) => !disabled), body: request.body };
}

export function examplesOf(operation, request) {
  return Object.entries(operation.responses).flatMap(([status, response]) => {
    const { headers, ...answer } = resolve(response);
    const code = Number(status);
    return bodiesOf(answer).map(({ name, type, body }) => ({
      name: `${code}: ${name}`,
      originalRequest: original(request, code),
      status: STATUS_CODES[code],
      code,
      _postman_previewlanguage: 'json',
      header: [...(type ? [{ key: 'Content-Type', value: type }] : []), ...headersOf(headers)],
      body,
    }));
  });
}
