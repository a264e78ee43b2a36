// @ts-check
// The socket: opened with a token that is used once, watched, and opened again when it ends.

import { Problem } from './problem.js';
import { backoff } from './waiting.js';

/** @import {ClientFrame, ServerFrame} from './types.js' */
/** @typedef {'connecting' | 'open' | 'closed' | 'offline'} Status `closed`: it is tried again. */

/** API Gateway ends a socket that is silent for 10 minutes. */
const PING_MS = 4 * 60_000;
/** Without an answer in this time the line is dead, whatever the browser thinks. */
const PONG_MS = 10_000;
const OPEN_MS = 15_000;

export class Realtime {
  #token;
  /** @type {WebSocket | undefined} */
  #socket;
  #attempt = 0;
  #isStopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #pings;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #deadline;
  #listening = new AbortController();
  /** @type {Status} */
  status = 'connecting';
  /** @type {(frame: ServerFrame) => void} */
  onFrame = () => {};
  /** Called when a handshake was refused, though there was a token for it: the session may be over. */
  onRefused = () => {};
  /** Called at each change of `status`, and each time that an attempt failed. */
  onStatus = () => {};

  /** @param {import('./api.js').Api['realtimeToken']} token */
  constructor(token) {
    this.#token = token;
    const { signal } = this.#listening;
    addEventListener('online', () => this.#wake(), { signal });
    addEventListener('offline', () => this.#drop('offline'), { signal });
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#wake(), {
      signal,
    });
  }

  start() {
    if (navigator.onLine) this.#connect();
    else this.#become('offline');
  }

  stop() {
    this.#isStopped = true;
    this.onStatus = () => {};
    this.#listening.abort();
    this.#drop('closed');
    clearTimeout(this.#retry);
  }

  /**
   * Sends a frame if there is a line; nothing that must arrive goes this way.
   * @param {ClientFrame} frame
   */
  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** The machine or the tab woke up: the line may be dead, and waiting has no sense any more. */
  #wake() {
    if (this.status === 'open') {
      this.#ping();
    } else if (this.status !== 'connecting') {
      this.#attempt = 0;
      this.#connect();
    }
  }

  async #connect() {
    clearTimeout(this.#retry);
    this.#become('connecting');
    try {
      const { token, url } = await this.#token();
      if (this.#isStopped || this.status !== 'connecting') return;
      this.#open(`${reachable(url)}?token=${encodeURIComponent(token)}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (this.status === 'connecting') this.#failed();
    }
  }

  /** @param {string} url */
  #open(url) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#deadline = setTimeout(() => this.#lost(socket), OPEN_MS);
    let wasOpen = false;
    socket.onopen = () => {
      wasOpen = true;
      clearTimeout(this.#deadline);
      this.#attempt = 0;
      this.#pings = setInterval(() => this.#ping(), PING_MS);
      this.#become('open');
    };
    socket.onclose = () => {
      if (!wasOpen && socket === this.#socket) this.onRefused();
      this.#lost(socket);
    };
    socket.onmessage = ({ data }) => this.#receive(data);
  }

  #ping() {
    this.send({ action: 'ping' });
    const socket = this.#socket;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => socket && this.#lost(socket), PONG_MS);
  }

  /** @param {string} data */
  #receive(data) {
    /** @type {ServerFrame} */
    const frame = JSON.parse(data);
    if (frame.type === 'pong') clearTimeout(this.#deadline);
    else this.onFrame(frame);
  }

  /** @param {WebSocket} socket */
  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#release();
    this.#failed();
  }

  #failed() {
    this.#become('closed');
    this.#retry = setTimeout(() => this.#connect(), backoff(this.#attempt));
    this.#attempt += 1;
  }

  /** @param {Status} status */
  #drop(status) {
    clearTimeout(this.#retry);
    this.#release();
    this.#become(status);
  }

  #release() {
    clearTimeout(this.#deadline);
    clearInterval(this.#pings);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** @param {Status} status */
  #become(status) {
    this.status = status;
    this.onStatus();
  }
}

const OWN_MACHINE = /^(localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/;

/**
 * A local server names itself by the address that it listens on. The page may have come to it by another: `localhost`, or
 * the machine's name in its network.
 * @param {string} url
 */
function reachable(url) {
  const { hostname, port } = new URL(url);
  const isOurs = OWN_MACHINE.test(hostname) && port === location.port;
  return isOurs ? url.replace(hostname, location.hostname) : url;
}
