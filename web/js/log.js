// @ts-check
// One conversation's log as far as it is held: entries by `seq`, without doubles. Push is a hint: what it leaves out is paged in.

import { Problem } from './problem.js';

/** @import {Change, Entry, Message} from './types.js' */

const PAGE = 50;
/** Who is further behind than this begins anew at the end, and pages in the rest when it is looked at. */
const LONG_AWAY = 500;
const RETRY_MS = 5_000;

export class Log {
  #api;
  #changed;
  #onErased;
  /** @type {Map<number, Entry>} */
  #entries = new Map();
  /** @type {Map<string, number>} `seq` by `clientMessageId`. */
  #sent = new Map();
  /** @type {Set<number>} Asked for one by one: what quotes show. */
  #asked = new Set();
  /** Since when accounts are gone: of their messages no body is held, whenever it comes. @type {Map<string, string>} */
  #erased = new Map();
  /** All entries from the page that was loaded first to this one are held. */
  end = 0;
  /** The first entry that there is for this reader, once that is known. */
  start = 0;
  isOpen = false;
  #wanted = 0;
  #isFilling = false;
  /** How often everything was forgotten. */
  generation = 0;

  /**
   * @param {Pick<import('./api.js').Api, 'entries' | 'entry'>} api
   * @param {string} id the conversation's
   * @param {() => void} changed
   * @param {(userId: string) => void} onErased called with each whose account turns out to be gone
   */
  constructor(api, id, changed, onErased) {
    this.#api = api;
    this.id = id;
    this.#changed = changed;
    this.#onErased = onErased;
  }

  /** @param {number} seq */
  get = (seq) => this.#entries.get(seq);
  /** @param {string} clientMessageId */
  hasSent = (clientMessageId) => this.#sent.has(clientMessageId);

  /** Loads the end of the log, unless it is there. */
  async open() {
    if (this.isOpen) return;
    const page = await this.#page({ limit: PAGE });
    if (this.isOpen) return;
    this.isOpen = true;
    this.end = page.at(-1)?.seq ?? 0;
    if (page.length === 0) this.start = 1;
    this.add(page);
    this.catchUp(Math.max(0, ...this.#entries.keys()));
  }

  /** Forgets everything: what may be seen has changed. */
  clear() {
    this.generation += 1;
    this.#entries.clear();
    this.#sent.clear();
    this.#asked.clear();
    this.#erased.clear();
    this.end = 0;
    this.start = 0;
    this.#wanted = 0;
    this.isOpen = false;
  }

  /**
   * Takes entries in, in any order and any number of times.
   * @param {Entry[]} entries
   */
  add(entries) {
    const fresh = entries.filter((entry) => this.#put(entry));
    while (this.#entries.has(this.end + 1)) this.end += 1;
    this.#changed();
    fresh.forEach((entry) => this.#follow(entry));
    const newest = Math.max(...fresh.map(({ seq }) => seq));
    if (this.isOpen && newest > this.end) this.catchUp(newest);
  }

  /**
   * Pages in what is missing up to `seq`.
   * @param {number} seq
   */
  async catchUp(seq) {
    this.#wanted = Math.max(this.#wanted, seq);
    if (this.#isFilling || !this.isOpen) return;
    this.#isFilling = true;
    try {
      if (this.#wanted - this.end > LONG_AWAY) {
        this.clear();
        await this.open();
      }
      while (this.end < this.#wanted) {
        const page = await this.#page({ after: this.end });
        if (page.length === 0) this.#wanted = this.end;
        this.add(page);
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.isTransient) setTimeout(() => this.catchUp(seq), RETRY_MS);
    } finally {
      this.#isFilling = false;
    }
  }

  /**
   * The first of the entries that are held without a hole from `seq` back, at most a page of them; loads them where
   * there is none.
   * @param {number} seq
   */
  async older(seq) {
    if (this.start === seq || seq <= 1) return seq;
    if (!this.get(seq - 1)) {
      const page = await this.#page({ before: seq, limit: PAGE });
      if (page.length === 0) this.start = seq;
      this.add(page);
    }
    let first = seq;
    while (this.get(first - 1) && seq - first < PAGE) first -= 1;
    return first;
  }

  /**
   * The same towards the end.
   * @param {number} seq
   */
  async newer(seq) {
    if (seq < this.end && !this.get(seq + 1)) this.add(await this.#page({ after: seq, limit: PAGE }));
    let last = seq;
    while (this.get(last + 1) && last - seq < PAGE) last += 1;
    return last;
  }

  /**
   * Loads one entry, for a quote; what cannot be seen stays absent.
   * @param {number} seq
   */
  ask(seq) {
    if (this.#entries.has(seq) || this.#asked.has(seq)) return;
    this.#asked.add(seq);
    this.#reload(seq);
  }

  /**
   * What was asked for before everything was forgotten is asked for again.
   * @param {{after?: number, before?: number, limit?: number}} range
   */
  async #page(range) {
    for (;;) {
      const generation = this.generation;
      const page = await this.#api.entries(this.id, range);
      if (generation === this.generation) return page;
    }
  }

  /** @param {number} seq */
  async #reload(seq) {
    try {
      this.add([await this.#api.entry(this.id, seq)]);
    } catch {
      this.#asked.delete(seq);
    }
  }

  /**
   * @param {Entry} entry
   * @returns {boolean} whether it says something new
   */
  #put(entry) {
    const held = this.#entries.get(entry.seq);
    if (held && !replaces(entry, held)) return false;
    this.#entries.set(entry.seq, this.#allowed(entry));
    if (entry.type === 'message' && entry.clientMessageId) this.#sent.set(entry.clientMessageId, entry.seq);
    return !held;
  }

  /**
   * What a change means for the messages that are held.
   * @param {Entry} entry
   */
  #follow(entry) {
    if (entry.type === 'edited' || entry.type === 'deleted') {
      const target = this.#entries.get(entry.target);
      if (target?.type === 'message' && version(target) < entry.createdAt) this.#reload(target.seq);
    } else if (entry.type === 'userErased') {
      this.#erase(entry);
    }
  }

  /** @param {Change} erased */
  #erase({ actorId, createdAt }) {
    this.#erased.set(actorId, createdAt);
    this.#entries.forEach((entry, seq) => this.#entries.set(seq, this.#allowed(entry)));
    this.#onErased(actorId);
  }

  /**
   * The entry as it may be held: a page that was on its way may still have what is erased by now.
   * @param {Entry} entry
   * @returns {Entry}
   */
  #allowed(entry) {
    const erasedAt = entry.type === 'message' && this.#erased.get(entry.senderId);
    if (!erasedAt) return entry;
    const { body: _, ...rest } = entry;
    return { ...rest, deletedAt: entry.deletedAt ?? erasedAt };
  }
}

/** @param {Message} message */
const version = ({ createdAt, editedAt, deletedAt }) => deletedAt ?? editedAt ?? createdAt;

/**
 * Whether `fresh` is what the entry now is. Answers and push may overtake each other.
 * @param {Entry} fresh
 * @param {Entry} held
 */
function replaces(fresh, held) {
  if (fresh.type !== 'message' || held.type !== 'message') return fresh.type !== held.type;
  return version(fresh) > version(held);
}
