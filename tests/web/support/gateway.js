// Another system that tells a user something, signed as AWS asks (SigV4).

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';

const KEY = { id: 'local', secret: 'local', region: 'us-east-1', service: 'execute-api' };
const PATH = '/v1/gateway/messages';

/**
 * @param {string} url the server's
 * @param {{userId: string, message: unknown}} notification
 */
export async function notify(url, notification) {
  const body = JSON.stringify(notification);
  const { host } = new URL(url);
  const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [at.slice(0, 8), KEY.region, KEY.service, 'aws4_request'];
  const canonical = ['POST', PATH, '', `host:${host}`, `x-amz-date:${at}`, '', 'host;x-amz-date', sha256(body)].join(
    '\n',
  );
  const text = ['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce((secret, part) => hmac(secret, part).digest(), `AWS4${KEY.secret}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${KEY.id}/${scope.join('/')}, SignedHeaders=host;x-amz-date, Signature=${hmac(key, text).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-amz-date': at, authorization };
  const response = await fetch(url + PATH, { method: 'POST', headers, body });
  assert.equal(response.status, 202, await response.text());
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text);
