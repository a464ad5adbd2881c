/**
 * Settles as the promise does, or rejects with `message` after `ms` milliseconds.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @param {string} message
 * @returns {Promise<T>}
 */
export async function withDeadline(promise, ms, message) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${message} (waited ${ms} ms)`)), ms);
  });
  promise.catch(() => {}); // If it loses the race, its own failure is of no interest.
  try {
    return await Promise.race([promise, /** @type {Promise<never>} */ (deadline)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again until the answer is true.
 *
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} ms
 * @param {string | (() => string)} message
 */
export async function waitUntil(condition, ms, message) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) {
      const text = typeof message === 'string' ? message : message();
      throw new Error(`${text} (waited ${ms} ms)`);
    }
    await sleep(20);
  }
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
