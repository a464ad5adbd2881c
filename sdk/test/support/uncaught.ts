import { afterEach, beforeEach } from 'vitest';

/**
 * What the author's own callbacks throw must be seen, which in Node means an uncaught exception, and
 * elsewhere fails the run. Call it inside `describe`: in its tests they are collected.
 */
export const collectUncaught = (): readonly unknown[] => {
  const failures: unknown[] = [];
  const collect = (failure: unknown): void => void failures.push(failure);
  let others: NodeJS.UncaughtExceptionListener[] = [];
  beforeEach(() => {
    failures.length = 0;
    others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', collect);
  });
  afterEach(() => {
    process.off('uncaughtException', collect);
    for (const other of others) process.on('uncaughtException', other);
  });
  return failures;
};
