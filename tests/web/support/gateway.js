// Another system that tells a user something.

import assert from 'node:assert/strict';
import aws4 from 'aws4';

const KEY = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * @param {string} url the server's
 * @param {{userId: string, message: unknown}} notification
 */
export async function notify(url, notification) {
  const path = '/v1/gateway/messages';
  const request = {
    host: new URL(url).host,
    path,
    method: 'POST',
    service: 'execute-api',
    region: 'us-east-1',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(notification),
  };
  const { method, headers, body } = aws4.sign(request, KEY);
  const response = await fetch(url + path, { method, headers, body });
  assert.equal(response.status, 202, await response.text());
}
