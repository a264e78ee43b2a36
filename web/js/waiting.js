// @ts-check
// How long to wait, waiting, and taking turns.

/** @param {number} ms */
export const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * Exponential backoff with full jitter.
 * @param {number} attempt 0, 1, 2 …
 * @param {number} [most] in milliseconds
 */
export const backoff = (attempt, most = 30_000) => Math.random() * Math.min(most, 500 * 2 ** attempt);

/**
 * Runs `work` at most once at a time; a call while it runs lets it run once more afterwards.
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>} settled when a run that began after the call has ended
 */
export function coalesce(work) {
  /** @type {Promise<void> | undefined} */
  let running;
  /** @type {Promise<void> | undefined} */
  let next;
  /** @returns {Promise<void>} */
  return function run() {
    if (!running) {
      running = work().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
}

/**
 * Does `work` in one tab at a time. Where a page has no locks (plain HTTP from another machine), tabs do not wait.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const exclusively = async (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());
