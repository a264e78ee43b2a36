// @ts-check
// Who wants to know that something changed. Many changes in one turn are told once.

export class Topics {
  /** @type {Map<string, Set<() => void>>} */
  #listeners = new Map();
  /** @type {Set<string>} */
  #changed = new Set();

  /**
   * @param {string[]} topics
   * @param {() => void} listener
   * @returns {() => void} ends it
   */
  on(topics, listener) {
    for (const topic of topics) {
      const listeners = this.#listeners.get(topic) ?? new Set();
      this.#listeners.set(topic, listeners.add(listener));
    }
    return () => topics.forEach((topic) => this.#listeners.get(topic)?.delete(listener));
  }

  /** @param {string} topic */
  tell(topic) {
    if (this.#changed.size === 0) queueMicrotask(() => this.#deliver());
    this.#changed.add(topic);
  }

  #deliver() {
    const topics = [...this.#changed];
    this.#changed.clear();
    const due = new Set(topics.flatMap((topic) => [...(this.#listeners.get(topic) ?? [])]));
    due.forEach((listener) => listener());
  }
}
