// Expectations that wait for what is to be seen.

import assert from 'node:assert/strict';

const WAIT_MS = 15_000;

/** @param {import('playwright-core').Locator} locator */
export function expect(locator) {
  const texts = async () => (await locator.allInnerTexts()).map((text) => text.trim());
  return {
    /** @param {number} count */
    toHaveCount: (count) => until(() => locator.count(), count),
    /** @param {string[]} wanted all of them, in order */
    toRead: (wanted) => until(texts, wanted),
    toBeFocused: () => until(() => locator.evaluate((element) => element === document.activeElement), true),
  };
}

/**
 * @template T
 * @param {() => Promise<T>} look
 * @param {T} wanted
 */
export async function until(look, wanted) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const seen = await look();
    try {
      assert.deepEqual(seen, wanted);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
