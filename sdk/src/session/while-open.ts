import type { Lasting } from './departure.js';

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
  /** It need not hear of the end any more. */
  settled(): void;
}

/** Those who wait for a promise, by it: a promise itself lets nobody go. */
const waiting = new WeakMap<Promise<unknown>, Set<Waiter<never>>>();

const waitersOf = <T>(work: Promise<T>): Set<Waiter<T>> => {
  const known = waiting.get(work) as Set<Waiter<T>> | undefined;
  if (known) return known;
  const waiters = new Set<Waiter<T>>();
  waiting.set(work, waiters as Set<Waiter<never>>);
  const settle = (tell: (waiter: Waiter<T>) => void): void => {
    waiting.delete(work);
    for (const waiter of waiters) {
      waiter.settled();
      tell(waiter);
    }
    waiters.clear();
  };
  work.then(
    (value) => settle(({ resolve }) => resolve(value)),
    (error) => settle(({ reject }) => reject(error)),
  );
  return waiters;
};

/**
 * Waits for what may take as long as a person does, or for ever, but not longer than the conversation lasts that
 * wants it: after that it never settles, and nothing of who waited is held by what it waited for. Else a stranger
 * who greets and hangs up, over and over, would leave all its greetings with a prompt that is open.
 */
export const whileOpen = <T>(work: Promise<T>, lasting: Lasting): Promise<T> => {
  const waiters = waitersOf(work);
  return new Promise((resolve, reject) => {
    const waiter: Waiter<T> = { resolve, reject, settled() {} };
    waiters.add(waiter);
    waiter.settled = lasting.whenOver(() => waiters.delete(waiter));
  });
};
