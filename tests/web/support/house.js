// A server, a browser, and people with a browser context each. Whatever a page complains about fails the test.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chromium } from 'playwright-core';
import { startServer } from './server.js';

const PASSWORD = 'Correct-Horse-1';
const WAIT_MS = 15_000;
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @typedef {{url?: string, prepare?: (page: import('playwright-core').Page) => Promise<void>}
 *   & import('playwright-core').BrowserContextOptions} Look `prepare`: before the page is opened
 */

/** @param {string[]} options the server's */
export async function openHouse(...options) {
  const executablePath = process.env.CHROMIUM;
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const server = await startServer(...options);
  return {
    url: server.url,
    /**
     * A browser of somebody who is not signed in.
     * @param {import('node:test').TestContext} t
     * @param {Look} [look]
     */
    guest: (t, look) => guest(t, browser, { url: server.url, ...look }),
    /**
     * Somebody with an account, signed in.
     * @param {import('node:test').TestContext} t
     * @param {string} name
     * @param {Look} [look]
     */
    async person(t, name, look) {
      const account = await register(server.url, name);
      const page = await guest(t, browser, { url: server.url, ...look });
      await signIn(page, account.username);
      return { name, page, ...account };
    },
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** @param {import('playwright-core').Page} page @param {string} username */
export async function signIn(page, username) {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
}

async function guest(t, browser, { url, prepare = async () => {}, ...look }) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', ...look });
  context.setDefaultTimeout(WAIT_MS);
  /** @type {string[]} */
  const complaints = [];
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`refused by the policy: ${event.blockedURI}`),
    );
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.expected = /^$/;
  t.after(async () => {
    await context.close();
    assert.deepEqual(
      complaints.filter((text) => !page.expected.test(text)),
      [],
    );
  });
  await prepare(page);
  await page.goto(url);
  return page;
}

/** @param {string} url @param {string} name */
async function register(url, name) {
  const username = `${name.toLowerCase().replace(/\W+/g, '-')}-${randomBytes(4).toString('hex')}`;
  const account = { username, email: `${username}@example.com`, password: PASSWORD, displayName: name };
  const { userId } = await post(`${url}/v1/register`, account);
  const { accessToken } = await post(`${url}/v1/authenticate`, { username, password: PASSWORD });
  /** Another device, without a page. */
  const api = (method, path, body) => call(method, `${url}/v1/${path}`, body, accessToken);
  return { username, userId, api };
}

const post = (url, body) => call('POST', url, body);

async function call(method, url, body, token) {
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${url}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}
