// A local server of its own for each test file: the binary that CHINWAG_BIN names, or `cargo run`.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = new URL('../../..', import.meta.url).pathname;

/** @param {string[]} options more of its options */
export async function startServer(...options) {
  const data = await mkdtemp(join(tmpdir(), 'chinwag-web-'));
  const program = process.env.CHINWAG_BIN ? [process.env.CHINWAG_BIN] : ['cargo', 'run', '--quiet', '--locked', '--'];
  const [command, ...rest] = [...program, '--port', '0', '--data', data, ...options];
  const child = spawn(command, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const url = await Promise.race([
    addressIn(child.stdout),
    ended.then(() => {
      throw new Error('the server ended');
    }),
  ]);
  return {
    url,
    async stop() {
      child.kill();
      await ended;
      await rm(data, { recursive: true });
    },
  };
}

/** @param {NodeJS.ReadableStream} output */
async function addressIn(output) {
  for await (const line of createInterface({ input: output })) {
    const [, url] = /^listening on (http:\S+)$/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('the server did not say where it listens');
}

/**
 * A way to the server that can be cut and mended.
 * @param {string} url
 */
export async function startWire(url) {
  const { hostname, port } = new URL(url);
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from
        .on('error', () => to.destroy())
        .on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  });
  const listen = (at) =>
    new Promise((resolve) => {
      server.listen(at, '127.0.0.1', resolve);
    });
  await listen(0);
  const own = server.address().port;
  return {
    url: `http://127.0.0.1:${own}`,
    /** Ends every connection, and lets none in. */
    async cut() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
    mend: () => listen(own),
    /**
     * Leads the page's socket, too, over the wire; before it is opened.
     * @param {import('playwright-core').Page} page
     */
    async carry(page) {
      await page.route('**/v1/realtime/token', async (route) => {
        try {
          const response = await route.fetch();
          const answer = await response.json();
          const url = answer.url.replace(/\/\/[^/]+/, `//127.0.0.1:${own}`);
          await route.fulfill({ response, json: { ...answer, url } });
        } catch {
          await route.abort();
        }
      });
    },
  };
}
